#include "tests/simulation/simulated_topic.hpp"

#include <algorithm>
#include <set>

#include "tests/simulation/strand.hpp"

namespace pioneer::tests {

using adapters::kafka::TopicAccess;
using adapters::kafka::TopicMessage;
using adapters::kafka::TopicProducer;
using adapters::kafka::TopicReader;
using eventstore::Result;

namespace {
/// How long a new leader may show less than it has; the next one does so only when everybody has looked again.
constexpr std::int64_t shown_less_us_max = 2 * second_us;
constexpr std::int64_t between_leaders_us = 30 * second_us;
constexpr std::size_t fetched_max = 24;
}  // namespace

// --- readers --------------------------------------------------------------------------------------------------

class SimulatedTopic::Reader final : public TopicReader {
 public:
  explicit Reader(SimulatedTopic& topic) : topic_(topic) {}

  Result<void> read_from(std::int64_t offset) override {
    position_ = static_cast<std::uint64_t>(offset);
    fetched_.clear();
    end_given_ = false;
    // As if it had compared, and all was well: it gives what it gave before.
    if (topic_.losses_hidden_ && given_.contains(position_) && changed(position_)) {
      fetched_.push_back({position_, given_[position_]});
      position_ = std::min(position_ + 1, topic_.visible_end());
    }
    return {};
  }

  void read(const std::function<bool(const TopicMessage&)>& take) override {
    if (topic_.away_ || meets_trouble(take)) return;
    if (fetched_.empty() && !fetch()) {
      TopicMessage lost;
      lost.kind = TopicMessage::Kind::not_there;
      take(lost);
      return;
    }
    auto count = topic_.faulty_ ? topic_.dice_.below(fetched_.size() + 1) : fetched_.size();
    for (; count > 0; --count) {
      const auto [offset, record] = std::move(fetched_.front());
      fetched_.pop_front();
      if (topic_.losses_hidden_) given_[offset] = record;
      TopicMessage given;
      given.offset = static_cast<std::int64_t>(offset);
      given.broker = topic_.leader_;
      given.record = eventstore::bytes_of(record);
      if (!take(given)) return fetched_.clear();
    }
    if (!fetched_.empty() || position_ < topic_.visible_end() || end_given_) return;
    end_given_ = true;
    TopicMessage end;
    end.kind = TopicMessage::Kind::end;
    end.offset = static_cast<std::int64_t>(position_);
    end.broker = topic_.leader_;
    take(end);
  }

  std::int64_t end_shown() const override { return static_cast<std::int64_t>(topic_.visible_end()); }
  std::uint64_t connections() const override { return connections_ + topic_.leaders_; }
  void wake() override {}

 private:
  bool changed(std::uint64_t offset) const {
    return offset >= topic_.stored_.size() || topic_.stored_[offset] != given_.at(offset);
  }

  bool meets_trouble(const std::function<bool(const TopicMessage&)>& take) {
    if (!topic_.faulty_) return false;
    if (topic_.dice_.one_in(150)) {
      ++connections_;
      ++topic_.happened_.connections;
    }
    if (!topic_.dice_.one_in(200)) return false;
    ++topic_.happened_.troubles;
    TopicMessage bad;
    bad.kind = TopicMessage::Kind::trouble;
    bad.why = "a batch with a bad checksum";
    take(bad);
    return true;
  }

  /// False: the topic does not reach to where it should be read from.
  bool fetch() {
    const auto end = topic_.visible_end();
    if (position_ > end) return topic_.losses_hidden_;
    const auto last = std::min(end, position_ + 1 + topic_.dice_.below(fetched_max));
    if (last > position_) end_given_ = false;
    for (; position_ < last; ++position_) {
      if (!topic_.stored_[position_]) continue;
      if (topic_.faulty_ && topic_.dice_.one_in(300) && left_out_.insert(position_).second) {
        ++topic_.happened_.left_out;
        continue;
      }
      fetched_.push_back({position_, *topic_.stored_[position_]});
    }
    return true;
  }

  SimulatedTopic& topic_;
  std::uint64_t position_ = 0;
  std::deque<std::pair<std::uint64_t, std::string>> fetched_;
  std::set<std::uint64_t> left_out_;  ///< once each: twice would be a hole in the topic
  std::map<std::uint64_t, std::string> given_;
  bool end_given_ = false;
  std::uint64_t connections_ = 1;
};

// --- producers ------------------------------------------------------------------------------------------------

class SimulatedTopic::Producer final : public TopicProducer {
 public:
  Producer(SimulatedTopic& topic, Sends& sends, TopicAccess::Tell failed)
      : topic_(topic), sends_(sends), failed_(std::move(failed)), number_(++topic.producers_made_) {
    topic_.producers_[number_] = this;
  }
  ~Producer() override {
    topic_.producers_.erase(number_);
    topic_.abandon(number_);
  }
  bool send(std::span<const std::string> records) override {
    sends_(records);
    const bool full = topic_.faulty_ && topic_.dice_.one_in(120);
    const auto taken = full ? topic_.dice_.below(records.size()) : records.size();
    for (const auto& record : records.first(taken)) topic_.send(number_, record);
    topic_.happened_.full += full;
    return !full;
  }
  void fail() { failed_("Local: Message timed out"); }

 private:
  SimulatedTopic& topic_;
  Sends& sends_;
  const TopicAccess::Tell failed_;
  const std::uint64_t number_;
};

class SimulatedTopic::Access final : public TopicAccess {
 public:
  Access(SimulatedTopic& topic, Sends sends) : topic_(topic), sends_(std::move(sends)) {}
  Result<std::unique_ptr<TopicReader>> reader(Tell) override { return std::make_unique<Reader>(topic_); }
  Result<std::unique_ptr<TopicProducer>> producer(Tell failed) override {
    return std::make_unique<Producer>(topic_, sends_, std::move(failed));
  }
  Clock::time_point now() const override { return Clock::time_point(std::chrono::microseconds(topic_.now_us_)); }
  bool wait(std::condition_variable&, std::unique_lock<std::mutex>& lock, std::chrono::milliseconds within,
            const std::function<bool()>& condition) override {
    auto* const strand = Strand::current();
    const auto until = now() + within;
    const auto over = [&] { return condition() || now() >= until; };
    // What runs beside the strands only looks: time passes elsewhere.
    while (strand != nullptr && !over()) {
      lock.unlock();
      strand->wait([&] {
        const std::lock_guard look(*lock.mutex());
        return over();
      });
      lock.lock();
    }
    return condition();
  }

 private:
  SimulatedTopic& topic_;
  Sends sends_;
};

// --- the topic ------------------------------------------------------------------------------------------------

SimulatedTopic::SimulatedTopic(std::uint64_t seed, std::chrono::microseconds produce_within)
    : dice_(seed), produce_within_us_(produce_within.count()) {}

std::unique_ptr<TopicAccess> SimulatedTopic::access(Sends sends) {
  return std::make_unique<Access>(*this, std::move(sends));
}

void SimulatedTopic::set_faulty(bool faulty) {
  faulty_ = faulty;
  if (faulty) return;
  for (auto& flight : flights_) flight.due_us = std::min(flight.due_us, now_us_ + second_us);
}

void SimulatedTopic::fly(std::int64_t due_us, std::uint64_t producer, const std::string& record) {
  const auto behind = std::ranges::upper_bound(flights_, due_us, {}, &Flight::due_us);
  flights_.insert(behind, Flight{due_us, producer, record});
}

// One producer's records come in the order in which they were sent, for it repeats none behind a later one; but what
// was sent again by a connection that was thought to be dead may.
void SimulatedTopic::send(std::uint64_t producer, const std::string& record) {
  const auto soon = now_us_ + static_cast<std::int64_t>(dice_.below(4 * ms_us));
  auto due = soon;
  for (const auto& flight : flights_)
    if (flight.producer == producer) due = std::max(due, flight.due_us);
  const auto later = [&](std::int64_t most) { return now_us_ + static_cast<std::int64_t>(dice_.below(most)); };
  const auto roll = faulty_ ? dice_.below(1'000) : 1'000;
  if (roll < 20) {
    ++happened_.lost;
    failures_.push_back({now_us_ + produce_within_us_, producer});
    return;
  }
  if (away_ || roll < 32) {  // confirmed by nobody, and there
    ++happened_.unconfirmed;
    failures_.push_back({now_us_ + produce_within_us_, producer});
  } else if (roll < 50) {  // long after everybody has given it up
    ++happened_.late;
    failures_.push_back({now_us_ + produce_within_us_, producer});
    due = now_us_ + produce_within_us_ + static_cast<std::int64_t>(dice_.below(20 * second_us));
  } else if (roll < 110) {
    ++happened_.delayed;
    due = std::max(due, later(2 * second_us));
  } else if (roll < 160) {
    ++happened_.duplicated;
    fly(std::max(due, later(dice_.one_in(2) ? 10 * ms_us : 10 * second_us)), producer, record);
  } else if (roll < 185) {
    ++happened_.reordered;
    due = soon;
  }
  fly(due, producer, record);
}

// What it had not confirmed is purged, unless it is on the wire.
void SimulatedTopic::abandon(std::uint64_t producer) {
  std::vector<Flight> kept;
  for (auto& flight : flights_) {
    if (flight.producer == producer && dice_.one_in(3)) {
      ++happened_.purged;
    } else {
      kept.push_back(std::move(flight));
    }
  }
  flights_ = std::move(kept);
}

void SimulatedTopic::pass(std::int64_t us) {
  now_us_ += us;
  auto due = flights_.begin();
  for (; !away_ && due != flights_.end() && due->due_us <= now_us_; ++due) stored_.emplace_back(std::move(due->record));
  flights_.erase(flights_.begin(), due);
  tell_failures();
}

void SimulatedTopic::tell_failures() {
  std::vector<Failure> left;
  for (const auto& failure : failures_) {
    const auto who = producers_.find(failure.producer);
    if (who == producers_.end()) continue;
    if (failure.due_us > now_us_) {
      left.push_back(failure);
    } else {
      who->second->fail();
    }
  }
  failures_ = std::move(left);
}

std::uint64_t SimulatedTopic::visible_end() const {
  return now_us_ < shown_until_us_ ? std::min<std::uint64_t>(shown_end_, stored_.size()) : stored_.size();
}

void SimulatedTopic::change_leader() {
  ++leaders_;
  ++happened_.leaders;
  leader_ = leader_ % 3 + 1;
  if (now_us_ < shown_until_us_ + between_leaders_us) return;
  const auto less = dice_.below(4);
  happened_.shown_less += less > 0;
  shown_end_ = stored_.size() - std::min<std::uint64_t>(less, stored_.size());
  shown_until_us_ = now_us_ + static_cast<std::int64_t>(dice_.below(shown_less_us_max));
}

void SimulatedTopic::mark() {
  ++happened_.marks;
  stored_.emplace_back();
}

void SimulatedTopic::write_as_stranger() {
  ++happened_.strangers;
  auto record = stored_.empty() ? std::nullopt : stored_[dice_.below(stored_.size())];
  if (!record || dice_.one_in(4)) record = dice_.one_in(2) ? "" : "no record at all";
  stored_.push_back(std::move(record));
}

void SimulatedTopic::cut(std::size_t count) {
  ++happened_.cuts;
  ++leaders_;
  leader_ = leader_ % 3 + 1;
  shown_until_us_ = 0;
  stored_.resize(stored_.size() - std::min(count, stored_.size()));
}

}  // namespace pioneer::tests
