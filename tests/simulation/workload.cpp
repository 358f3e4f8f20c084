#include "tests/simulation/workload.hpp"

#include <algorithm>

#include "domain/streams.hpp"

namespace pioneer::tests {
namespace {

using Kind = eventstore::Answer::Kind;

constexpr std::size_t members_at_first = 8;
constexpr std::size_t members_max = 24;

domain::Id id_in(const node::Outcome& outcome) {
  return domain::Id::parse(domain::parts_of(outcome.stream).second).value_or(domain::Id{});
}

template <class Event>
const Event* first_of(const node::Outcome& outcome) {
  for (const auto& event : outcome.events) {
    if (const auto* found = std::get_if<Event>(&event)) return found;
  }
  return nullptr;
}

domain::Policy policy() {
  domain::Policy rules;
  auto& category = *rules.add_categories();
  category.set_code("street_light");
  category.set_name_zh("路灯");
  category.set_name_en("Street light");
  category.set_accept_within_minutes(60);
  category.set_resolve_within_minutes(24 * 60);
  rules.set_confirm_within_minutes(7 * 24 * 60);
  rules.set_feedback_category("street_light");
  return rules;
}

std::string word_of(const node::Outcome& outcome) {
  switch (outcome.answer.kind) {
    case Kind::accepted:
      return "accepted " + std::to_string(outcome.answer.position.value);
    case Kind::repeated:
      return "repeated " + std::to_string(outcome.answer.position.value);
    case Kind::refused:
      return "refused " + (outcome.refusal ? outcome.refusal->code : std::string("without a reason"));
    case Kind::unknown:
      return "unknown " + outcome.answer.error.code;
    default:
      return "unavailable " + outcome.answer.error.code;
  }
}

}  // namespace

Workload::Workload(std::uint64_t seed, Listening listening) : dice_(seed), listening_(std::move(listening)) { found(); }

std::size_t Workload::unanswered() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(sent_, [](const Sent& sent) { return sent.may_be_there() && !sent.accepted; }));
}

void Workload::node_ended(std::size_t at) {
  for (auto& sent : sent_) sent.waits[at] = false;
}

Sent& Workload::add(std::optional<api::Sender> sender, Sent::Make make, Sent::Learn learn) {
  Sent& sent = sent_.emplace_back();
  sent.call = {sender, !sender, "call-" + std::to_string(++calls_), -1};
  sent.make = std::move(make);
  sent.learn = std::move(learn);
  return sent;
}

void Workload::send(Sent& sent, node::Node& node, std::size_t at) {
  if (sent.waits[at]) return;
  auto command = sent.make(node.edge(), sent.call);
  if (!command) {
    ++counts_.edge_refused;
    heard_ += sent.call.command_id + " not sent " + command.error().code + "\n";
    return;
  }
  sent.once = command->once;
  sent.waits[at] = true;
  ++sent.in_doubt;
  node.submit(std::move(*command), [this, &sent, at](const node::Outcome& outcome) {
    if (!listening_(at)) return;
    sent.waits[at] = false;
    hear(sent, at, outcome);
  });
}

void Workload::hear(Sent& sent, std::size_t at, const node::Outcome& outcome) {
  const auto said = sent.call.command_id + " " + word_of(outcome);
  heard_ += said + "\n";
  const auto kind = outcome.answer.kind;
  const auto position = outcome.answer.position.value;
  counts_.accepted += kind == Kind::accepted;
  counts_.repeated += kind == Kind::repeated;
  counts_.refused += kind == Kind::refused;
  counts_.unknown += kind == Kind::unknown;
  counts_.unavailable += kind == Kind::unavailable;
  const bool there = kind == Kind::accepted || kind == Kind::repeated;
  if (there && !std::exchange(sent.learnt, true) && sent.learn) sent.learn(outcome);
  if (sent.early) return;
  if (there) {
    // Where two were asked, the one may say "repeated" before the other, which wrote it, says "accepted".
    if (sent.accepted && (*sent.accepted != position || (kind == Kind::accepted && noes_final_)))
      wrong_.push_back("first at " + std::to_string(*sent.accepted) + ", then: " + said);
    if (kind == Kind::repeated && sent.in_doubt < 2 && !sent.accepted) wrong_.push_back("a repeat of nothing: " + said);
    if (kind == Kind::repeated && !sent.accepted) ++counts_.found_after_silence;
    if (!sent.accepted) sent.accepted_by = at;
    sent.accepted = position;
  } else if (kind == Kind::refused) {
    hear_no(sent, at, said);
  } else if (kind == Kind::unavailable) {
    if (sent.in_doubt > 0) --sent.in_doubt;  // this time it was not written
  }
}

void Workload::hear_no(Sent& sent, std::size_t at, const std::string& said) {
  if (sent.accepted && (noes_final_ || sent.accepted_by == at))
    wrong_.push_back("accepted at " + std::to_string(*sent.accepted) + " and then: " + said);
  sent.in_doubt = noes_final_ ? 0 : sent.in_doubt - 1;
}

void Workload::hear_early(const std::string& once, std::uint64_t position) {
  const auto sent = std::ranges::find(sent_, once, &Sent::once);
  if (!founded() || once.empty() || sent == sent_.end() || sent->accepted) return;
  sent->accepted = position;
  sent->early = true;
}

void Workload::turn(node::Node& node, std::size_t at) {
  if (!founded()) {
    if (founding_sent_ == nullptr) founding_sent_ = &founding_[founding_next_]();
    if (founding_sent_->accepted) {
      founding_sent_ = nullptr;
      ++founding_next_;
    } else {
      send(*founding_sent_, node, at);
    }
    return;
  }
  for (auto count = dice_.between(1, 8); count > 0; --count) {
    if (dice_.one_in(12)) {
      send(dice_.pick(sent_), node, at);  // again, answered or not
    } else if (dice_.one_in(60)) {
      send(repeat_with_other_content(dice_.pick(sent_)), node, at);
    } else {
      send(any(), node, at);
    }
  }
}

void Workload::resend(node::Node& node, std::uint64_t one_in, std::size_t at) {
  // By number: what is learnt meanwhile may add to the list.
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    if (sent_[i].may_be_there() && !sent_[i].accepted && dice_.one_in(one_in)) send(sent_[i], node, at);
  }
}

void Workload::found() {
  founding_.push_back(
      [this]() -> Sent& { return add({}, [](auto& edge, auto& call) { return edge.adopt_policy(call, policy()); }); });
  founding_.push_back([this]() -> Sent& { return register_organisation("city", {}); });
  for (int i = 0; i < 2; ++i) founding_.push_back([this]() -> Sent& { return register_organisation("community", 0); });
  for (std::size_t i = 0; i < members_at_first; ++i)
    founding_.push_back([this]() -> Sent& { return register_member(); });
  for (std::size_t i = 0; i < cadres; ++i) founding_.push_back([this, i]() -> Sent& { return grant_cadre(i); });
  for (std::size_t i = 0; i < 3; ++i) {
    founding_.push_back([this]() -> Sent& { return create_product(); });
    founding_.push_back([this, i]() -> Sent& { return publish_product(i); });
  }
}

Sent& Workload::register_organisation(std::string level, std::optional<std::size_t> parent) {
  api::RegisterOrganisationBody body;
  body.set_name("organisation " + std::to_string(calls_));
  body.set_level(std::move(level));
  if (parent) body.set_parent(organisations_[*parent].text());
  return add(
      {}, [body](auto& edge, auto& call) { return edge.register_organisation(call, body); },
      [this](const auto& outcome) { organisations_.push_back(id_in(outcome)); });
}

Sent& Workload::register_member() {
  api::RegisterMemberBody body;
  body.set_name("王大爷 " + std::to_string(calls_));
  if (dice_.one_in(2)) body.set_phone("138" + std::to_string(10'000'000 + calls_));
  body.set_organisation(organisations_.back().text());
  return add(
      {}, [body](auto& edge, auto& call) { return edge.register_member(call, body); },
      [this](const auto& outcome) {
        const auto* issued = first_of<domain::SubjectKeyIssued>(outcome);
        if (issued != nullptr) people_.push_back({{id_in(outcome), domain::Id::of(issued->key())}});
      });
}

Sent& Workload::grant_cadre(std::size_t member) {
  api::GrantRoleBody body;
  body.set_role("cadre");
  body.set_organisation(organisations_[0].text());
  const auto id = people_[member].sender.member.text();
  return add({}, [body, id](auto& edge, auto& call) { return edge.grant_role(call, id, body); });
}

Sent& Workload::create_product() {
  constexpr std::int64_t month_s = 30 * 24 * 3600;
  constexpr std::int64_t start_s = 1'800'000'000;
  api::CreateProductBody body;
  body.set_title("陶艺课");
  body.set_description("一起做碗");
  body.set_kind("activity");
  body.set_organisation(dice_.pick(organisations_).text());
  // Some begin within the day, so that people check in at once; some are over before the run ends.
  constexpr std::int64_t day_s = 24 * 3600;
  const std::int64_t begins_s = start_s + (dice_.one_in(2) ? day_s / 2 : month_s);
  const std::int64_t ends_s = begins_s + (dice_.one_in(3) ? 4 * day_s : month_s);
  auto& session = *body.add_sessions();
  session.mutable_starts()->set_seconds(begins_s);
  session.mutable_ends()->set_seconds(ends_s);
  body.mutable_closes_at()->set_seconds(ends_s);
  session.set_venue("社区中心");
  body.set_capacity(static_cast<std::uint32_t>(dice_.between(1, 6)));
  body.set_max_per_member(static_cast<std::uint32_t>(dice_.between(1, 4)));
  body.set_waitlist(!dice_.one_in(4));
  return add(
      cadre(), [body](auto& edge, auto& call) { return edge.create_product(call, body); },
      [this](const auto& outcome) { products_.push_back(id_in(outcome)); });
}

Sent& Workload::publish_product(std::size_t product) {
  const auto id = products_[product].text();
  return add(cadre(), [id](auto& edge, auto& call) { return edge.publish_product(call, id); });
}

Sent& Workload::any() {
  const auto roll = dice_.below(100);
  if (roll < 45) return place_claim();
  if (roll < 60) return claims_.empty() ? place_claim() : about_claim();
  if (roll < 70) return submit_request();
  if (roll < 85) return requests_.empty() ? submit_request() : about_request();
  if (roll < 93) return about_product();
  return about_community();
}

Sent& Workload::place_claim() {
  api::PlaceClaimBody body;
  body.set_places(static_cast<std::uint32_t>(dice_.between(1, 2)));
  const auto product = dice_.pick(products_);
  const auto who = dice_.below(people_.size());
  return add(
      people_[who].sender,
      [body, id = product.text()](auto& edge, auto& call) { return edge.place_claim(call, id, body); },
      [this, product, who](const auto& outcome) {
        if (const auto* placed = first_of<domain::ClaimPlaced>(outcome))
          claims_.push_back({product, who, placed->ticket()});
      });
}

Sent& Workload::about_claim() {
  const Claim claim = dice_.pick(claims_);
  const auto product = claim.product.text();
  const auto ticket = std::to_string(claim.ticket);
  const auto& owner = people_[claim.owner].sender;
  switch (dice_.below(8)) {
    case 0:
    case 1:
      return add(cadre(), [=](auto& edge, auto& call) { return edge.check_in(call, product, ticket, {}); });
    case 2:
      return add(cadre(), [=](auto& edge, auto& call) { return edge.complete_claim(call, product, ticket); });
    case 3:
      return add(cadre(), [=](auto& edge, auto& call) { return edge.mark_no_show(call, product, ticket); });
    case 4:
    case 5:
      return rate(claim);
    default:
      return add(owner, [=](auto& edge, auto& call) { return edge.cancel_claim(call, product, ticket); });
  }
}

Sent& Workload::rate(const Claim& claim) {
  api::RateClaimBody body;
  body.set_stars(3);
  body.set_comment("很好");
  if (!dice_.one_in(3)) body.mutable_problem()->set_text("门口的灯不亮");
  const auto product = claim.product.text();
  const auto ticket = std::to_string(claim.ticket);
  return add(people_[claim.owner].sender,
             [=](auto& edge, auto& call) { return edge.rate_claim(call, product, ticket, body); });
}

Sent& Workload::submit_request() {
  api::SubmitRequestBody body;
  body.set_title("楼道灯坏了");
  body.set_description("三号楼二单元的楼道灯坏了三天");
  body.set_category("street_light");
  body.set_organisation(dice_.pick(organisations_).text());
  const auto who = dice_.below(people_.size());
  return add(
      people_[who].sender, [body](auto& edge, auto& call) { return edge.submit_request(call, body); },
      [this, who](const auto& outcome) { requests_.push_back({id_in(outcome), who}); });
}

Sent& Workload::about_request() {
  const Request request = dice_.pick(requests_);
  const auto id = request.id.text();
  const auto& asker = people_[request.asker].sender;
  switch (dice_.below(9)) {
    case 0:
    case 1:
      return add(cadre(), [=](auto& edge, auto& call) { return edge.accept_request(call, id); });
    case 2: {
      api::ReportProgressBody body;
      body.set_text("已派人");
      return add(cadre(), [=](auto& edge, auto& call) { return edge.report_progress(call, id, body); });
    }
    case 3:
    case 4: {
      api::ResolveRequestBody body;
      body.set_text("换了灯泡");
      return add(cadre(), [=](auto& edge, auto& call) { return edge.resolve_request(call, id, body); });
    }
    case 5:
      return add(asker, [=](auto& edge, auto& call) { return edge.confirm_request(call, id); });
    case 6: {
      api::DisputeRequestBody body;
      body.set_reason("还是不亮");
      return add(asker, [=](auto& edge, auto& call) { return edge.dispute_request(call, id, body); });
    }
    case 7: {
      api::RateRequestBody body;
      body.set_stars(4);
      return add(asker, [=](auto& edge, auto& call) { return edge.rate_request(call, id, body); });
    }
    default:
      return add(asker, [=](auto& edge, auto& call) { return edge.withdraw_request(call, id, {}); });
  }
}

Sent& Workload::about_product() {
  const auto product = dice_.pick(products_).text();
  switch (dice_.below(8)) {
    case 0:
      return create_product();
    case 1:
      return publish_product(dice_.below(products_.size()));
    case 2: {
      if (!dice_.one_in(4)) return publish_product(products_.size() - 1);
      api::CancelProductBody body;
      body.set_reason("停电");
      return add(cadre(), [=](auto& edge, auto& call) { return edge.cancel_product(call, product, body); });
    }
    case 3:
      if (!dice_.one_in(4)) return publish_product(products_.size() - 1);
      return add(cadre(), [=](auto& edge, auto& call) { return edge.complete_product(call, product); });
    default: {
      api::ChangeCapacityBody body;
      body.set_capacity(static_cast<std::uint32_t>(dice_.between(1, 9)));
      return add(cadre(), [=](auto& edge, auto& call) { return edge.change_capacity(call, product, body); });
    }
  }
}

Sent& Workload::about_community() {
  switch (dice_.below(6)) {
    case 0:
    case 1:
      if (people_.size() < members_max) return register_member();
      [[fallthrough]];
    case 2: {
      // The first two run the place.
      const auto who = dice_.between(cadres, people_.size() - 1);
      const auto id = people_[who].sender.member.text();
      return add({}, [=](auto& edge, auto& call) { return edge.erase_member(call, id); });
    }
    case 3: {
      const auto id = dice_.pick(people_).sender.member.text();
      const std::string hash(32, static_cast<char>(dice_.below(256)));
      return add({}, [=](auto& edge, auto& call) { return edge.issue_token(call, id, hash, {}); });
    }
    case 4: {
      api::MergeOrganisationBody body;
      body.set_into(dice_.pick(organisations_).text());
      const auto id = organisations_[dice_.between(1, organisations_.size() - 1)].text();
      return add({}, [=](auto& edge, auto& call) { return edge.merge_organisation(call, id, body); });
    }
    default:
      return register_organisation("community", 0);
  }
}

// The same key with other content: never accepted while the first is.
Sent& Workload::repeat_with_other_content(Sent& first) {
  first.shares_key = true;
  api::PlaceClaimBody body;
  body.set_places(3);
  const auto id = dice_.pick(products_).text();
  const auto call = first.call;
  Sent& second = add(call.sender, [=](auto& edge, auto&) { return edge.place_claim(call, id, body); });
  second.shares_key = true;
  return second;
}

}  // namespace pioneer::tests
