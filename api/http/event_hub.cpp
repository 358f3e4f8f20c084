#include "api/http/event_hub.hpp"

#include <algorithm>
#include <utility>

namespace pioneer::api::http {
namespace {

bool passes(const EventFilter& filter, const LivePart& part) {
  if (!filter.stream.empty() && filter.stream != part.stream) return false;
  if (!filter.kind.empty() && (!part.stream.starts_with(filter.kind) || part.stream[filter.kind.size()] != '/'))
    return false;
  if (!filter.organisation.empty() &&
      std::ranges::find(part.organisations, filter.organisation) == part.organisations.end())
    return false;
  return filter.types.empty() ||
         std::ranges::any_of(part.types, [&](const std::string& type) { return filter.types.contains(type); });
}

std::string group_key(const Audience& who, const EventFilter& filter) {
  std::string key = who.standing;
  key.append(1, '\0')
      .append(filter.organisation)
      .append(1, '\0')
      .append(filter.stream)
      .append(1, '\0')
      .append(filter.kind);
  for (const auto& type : filter.types) key.append(1, '\0').append(type);
  return key;
}

/// The name of the last event, without an event: a listener that comes back names it (HTML, "server-sent events").
std::string bookmark(std::uint64_t next) {
  return next == 0 ? std::string(":\n\n") : "id: " + std::to_string(next - 1) + "\n\n";
}

/// Answers about permission kept at once: above, they are asked anew.
constexpr std::size_t permitted_max = 100'000;

std::size_t counted(const std::unordered_map<std::string, std::size_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

void count_one_less(std::unordered_map<std::string, std::size_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

EventHub::EventHub(Parts parts, Options options, std::uint64_t position)
    : parts_(std::move(parts)), options_(options), end_(position), next_(position) {}

std::string_view EventHub::objection(const Audience& who) const {
  if (listening_ >= options_.listeners_max) return "As many listen as this node can serve. Please try again later.";
  if (!who.peer.empty() && counted(by_peer_, who.peer) >= options_.listeners_per_peer_max)
    return "Too many streams are open from this address. Please close some.";
  if (who.person.empty()) {
    if (anonymous_ >= options_.anonymous_max)
      return "Too many listen without signing in. Please sign in, or try again later.";
  } else if (counted(by_person_, who.person) >= options_.listeners_per_person_max) {
    return "You have too many streams open. Please close some.";
  }
  return {};
}

void EventHub::count(const Audience& who) {
  ++listening_;
  if (who.person.empty())
    ++anonymous_;
  else
    ++by_person_[who.person];
  if (!who.peer.empty()) ++by_peer_[who.peer];
}

void EventHub::count_out(const Audience& who) {
  --listening_;
  if (who.person.empty()) --anonymous_;
  count_one_less(by_person_, who.person);
  count_one_less(by_peer_, who.peer);
}

std::string_view EventHub::listen(Audience who, EventFilter filter, std::optional<std::uint64_t> after,
                                  const std::function<std::shared_ptr<EventStream>()>& open) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto sentence = objection(who); !sentence.empty()) return sentence;
    count(who);
  }
  auto stream = open();
  const std::lock_guard lock(mutex_);
  if (!stream) {
    count_out(who);
    return {};
  }
  auto listener = std::make_shared<Listener>();
  listener->group = group_key(who, filter);
  listener->who = std::move(who);
  listener->filter = std::move(filter);
  listener->stream = std::move(stream);
  listener->next = after && *after < UINT64_MAX ? *after + 1 : UINT64_MAX;  // UINT64_MAX: from now on
  arrived_.push_back(std::move(listener));
  changed_.notify_one();
  return {};
}

void EventHub::advance(std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  if (end <= end_) return;
  end_ = end;
  changed_.notify_one();
}

void EventHub::cut(const std::string& person) {
  const std::lock_guard lock(mutex_);
  if (person.empty())
    cut_all_ = true;
  else
    to_cut_.push_back(person);
  changed_.notify_one();
}

std::size_t EventHub::listeners() const {
  const std::lock_guard lock(mutex_);
  return listening_;
}

bool EventHub::may_see(const Audience& who, const LivePart& part) {
  if (permitted_.size() >= permitted_max) permitted_.clear();
  auto key = who.standing;
  key.append(1, '\0').append(part.audience);
  const auto [known, fresh] = permitted_.try_emplace(std::move(key), false);
  if (fresh) known->second = parts_.may_see(who, part);
  return known->second;
}

bool EventHub::append(std::string& out, const Audience& who, const EventFilter& filter, const LiveCommit& commit) {
  const LivePart* first = nullptr;
  std::string more;
  for (const auto& part : commit.parts) {
    if (!passes(filter, part) || !may_see(who, part)) continue;
    if (first == nullptr)
      first = &part;
    else
      more.append(more.empty() ? R"(,"more":[)" : ",").append(part.json);
  }
  if (first == nullptr) return false;
  // One frame: a listener that has its id has all of the commit, wherever the connection broke.
  std::string_view json = first->json;
  if (!more.empty()) json.remove_suffix(1);
  out.append("id: ").append(std::to_string(commit.position)).append("\ndata: ").append(json);
  if (!more.empty()) out.append(more).append("]}");
  out.append("\n\n");
  return true;
}

void EventHub::join(const std::shared_ptr<Listener>& listener) {
  listener->live = true;
  auto& group = groups_[listener->group];
  if (group.members.empty()) {
    group.who = listener->who;
    group.filter = listener->filter;
  }
  group.members.push_back(listener);
}

bool EventHub::admit() {
  std::vector<std::shared_ptr<Listener>> arrived;
  std::vector<std::string> to_cut;
  bool everybody = false;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(arrived_);
    to_cut.swap(to_cut_);
    everybody = std::exchange(cut_all_, false);
  }
  if (everybody || !to_cut.empty()) close_revoked(to_cut, everybody);
  for (auto& listener : arrived) {
    listener->next = std::min(listener->next, next_);
    // Judged by roles that have changed since: it shall come back and be judged by the new ones.
    if (!listener->who.person.empty() && listener->who.judged_at < permissions_changed_below_)
      listener->stream->close();
    listener->stream->push(std::make_shared<const std::string>("retry: 2000\n" + bookmark(listener->next)));
    if (listener->next == next_)
      join(listener);
    else
      behind_.push_back(std::move(listener));
  }
  return everybody || !to_cut.empty() || !arrived.empty();
}

template <class Concerned>
void EventHub::close_where(Concerned concerned) {
  for (auto& [key, group] : groups_)
    for (auto& member : group.members)
      if (concerned(member->who)) member->stream->close();
  for (auto& listener : behind_)
    if (concerned(listener->who)) listener->stream->close();
  forget_closed();
}

void EventHub::close_revoked(const std::vector<std::string>& persons, bool everybody) {
  close_where([&](const Audience& who) {
    return everybody || (!who.person.empty() && std::ranges::find(persons, who.person) != persons.end());
  });
}

void EventHub::close_expired() {
  if (!parts_.now_us) return;
  const auto now_us = parts_.now_us();
  close_where([&](const Audience& who) { return who.expires_us != 0 && who.expires_us <= now_us; });
}

void EventHub::forget_closed() {
  std::vector<std::shared_ptr<Listener>> gone;
  const auto take_closed = [&](std::vector<std::shared_ptr<Listener>>& from) {
    const auto closed =
        std::stable_partition(from.begin(), from.end(), [](const auto& l) { return !l->stream->closed(); });
    gone.insert(gone.end(), closed, from.end());
    from.erase(closed, from.end());
  };
  for (auto group = groups_.begin(); group != groups_.end();) {
    take_closed(group->second.members);
    group = group->second.members.empty() ? groups_.erase(group) : std::next(group);
  }
  take_closed(behind_);
  const std::lock_guard lock(mutex_);
  for (const auto& listener : gone) count_out(listener->who);
}

void EventHub::fan_out(const LiveCommit& commit) {
  for (auto& [key, group] : groups_) append(group.pending, group.who, group.filter, commit);
}

void EventHub::flush() {
  for (auto& [key, group] : groups_) {
    if (group.pending.empty()) continue;
    const auto frame = std::make_shared<const std::string>(std::exchange(group.pending, {}));
    for (auto& member : group.members) member->stream->push(frame);
  }
}

bool EventHub::send_live(std::uint64_t end) {
  if (next_ >= end) return false;
  if (groups_.empty() && behind_.empty()) {  // nobody listens: nothing is read
    next_ = end;
    permitted_.clear();
    permissions_changed_below_ = end;  // perhaps: nobody looked
    return true;
  }
  const auto limit = std::min<std::uint64_t>(options_.commits_a_round_max, end - next_);
  const auto commits = parts_.read(next_, static_cast<std::size_t>(limit));
  if (!commits || commits->empty()) return false;
  for (const auto& commit : *commits) {
    fan_out(commit);
    next_ = commit.position + 1;
    if (commit.permissions_changed || !commit.revoked.empty()) {
      flush();
      permitted_.clear();
      permissions_changed_below_ = next_;
      close_revoked(commit.revoked, false);
    }
  }
  flush();
  forget_closed();
  return true;
}

bool EventHub::catch_up() {
  bool any = false;
  std::vector<std::shared_ptr<Listener>> still;
  for (auto& listener : std::exchange(behind_, {})) {
    const bool ready = !listener->stream->closed() && listener->stream->queued_bytes() <= options_.catch_up_queue_bytes;
    const auto left = next_ - std::min(next_, listener->next);
    const auto commits =
        ready && left > 0
            ? parts_.read(listener->next,
                          static_cast<std::size_t>(std::min<std::uint64_t>(options_.commits_a_round_max, left)))
            : std::nullopt;
    if (commits && !commits->empty()) {
      any = true;
      std::string frames;
      for (const auto& commit : *commits) append(frames, listener->who, listener->filter, commit);
      listener->next = commits->back().position + 1;
      if (!frames.empty()) listener->stream->push(std::make_shared<const std::string>(std::move(frames)));
    }
    if (listener->next >= next_ && !listener->stream->closed())
      join(listener);
    else
      still.push_back(std::move(listener));
  }
  behind_.insert(behind_.end(), still.begin(), still.end());
  forget_closed();
  return any;
}

bool EventHub::step() {
  const bool admitted = admit();
  std::uint64_t end;
  {
    const std::lock_guard lock(mutex_);
    end = end_;
  }
  const bool sent = send_live(end);
  const bool caught_up = !behind_.empty() && catch_up();
  return admitted || sent || caught_up;
}

void EventHub::heartbeat() {
  // It carries the place to come back to, so that a listener whom nothing concerns does not read far back.
  const auto live = std::make_shared<const std::string>(bookmark(next_));
  for (auto& [key, group] : groups_)
    for (auto& member : group.members) member->stream->push(live);
  for (auto& listener : behind_)
    if (listener->stream->queued_bytes() == 0) listener->stream->push(std::make_shared<const std::string>(":\n\n"));
  forget_closed();
}

void EventHub::loop(std::chrono::milliseconds beat) {
  auto next_beat = std::chrono::steady_clock::now() + beat;
  auto next_check = std::chrono::steady_clock::now();
  while (true) {
    // In between the rounds too: a busy log shall not keep an expired token's stream open.
    const auto look = [&] {
      if (std::chrono::steady_clock::now() < next_check) return;
      close_expired();
      next_check = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    };
    while (step()) look();
    look();
    if (std::chrono::steady_clock::now() >= next_beat) {
      heartbeat();
      next_beat = std::chrono::steady_clock::now() + beat;
    }
    // Those behind wait for their connections, which tell nobody: look again soon.
    std::unique_lock lock(mutex_);
    const bool unreadable = end_ > next_;  // or else the steps would not have ended; not at once again
    const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds{50};
    const auto wake = std::min(next_beat, next_check);
    const auto until = behind_.empty() && !unreadable ? wake : std::min(wake, soon);
    changed_.wait_until(lock, until, [&] {
      return stopping_ || !arrived_.empty() || !to_cut_.empty() || cut_all_ || (end_ > next_ && !unreadable);
    });
    if (stopping_) break;
  }
  close_revoked({}, true);
}

void EventHub::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_one();
}

}  // namespace pioneer::api::http
