// Each decision names the rules that it applied; README.md lists all there are.
#include "domain/common/rules.hpp"

#include <google/protobuf/descriptor.h>

#include "tests/domain/document.hpp"
#include "tests/domain/requests_world.hpp"
#include "tests/domain/supermarket_world.hpp"

namespace pioneer::domain::specs {
namespace {

template <class SpecOf, class Command>
Rules rules_of(SpecOf& spec, const Command& command, const Actor& actor) {
  spec.when(command, actor).happened();
  return spec.outcome() ? spec.outcome()->rules : Rules{};
}

TEST(Rules, AreAllExplainedInBothLanguages) {
  std::string table = "| number | rule | in words | 说明 |\n|---|---|---|---|\n";
  for (const auto& text : rule_texts()) {
    EXPECT_FALSE(text.zh.empty() || text.en.empty());
    table += "| " + std::to_string(text.rule) + " | `" + rule_name(static_cast<std::uint32_t>(text.rule)) + "` | " +
             std::string(text.en) + " | " + std::string(text.zh) + " |\n";
  }
  const auto* numbers = Rule::Value_descriptor();
  EXPECT_EQ(rule_texts().size() + 1, static_cast<std::size_t>(numbers->value_count()));
  EXPECT_EQ(rule_text(0), nullptr);
  EXPECT_EQ(rule_name(61), "rule_61");
  expect_generated("domain/README.md", "rules", table);
}

TEST(Rules, AreASet) {
  constexpr Rules some{Rule::code_held_once, Rule::accept_within, Rule::capacity};
  std::vector<int> numbers;
  some.for_each([&](Rule::Value rule) { numbers.push_back(rule); });
  EXPECT_EQ(numbers, (std::vector<int>{2, 20, 47}));
  EXPECT_EQ(some.size(), 3);
  EXPECT_TRUE(some.contains(Rule::capacity));
  EXPECT_FALSE(some.contains(Rule::waiting_list));
}

TEST(Rules, AreNamedThroughARequestsLife) {
  RequestSpec spec;
  const auto alice = person(spec.world, "alice");
  const auto cadre = person(spec.world, "cadre_a");
  EXPECT_EQ(rules_of(spec, submit(), alice),
            (Rules{Rule::category_known, Rule::accept_within, Rule::resolve_within, Rule::organisation_active}));
  EXPECT_EQ(rules_of(spec, AcceptRequest{}, cadre), (Rules{Rule::holder_acts}));
  EXPECT_EQ(rules_of(spec, with_text<ResolveRequest>(), cadre), (Rules{Rule::holder_acts, Rule::confirm_within}));
  EXPECT_EQ(rules_of(spec, with_reason<DisputeRequest>(), alice),
            (Rules{Rule::asker_answers, Rule::answer_in_time, Rule::resolve_within}));
  EXPECT_EQ(rules_of(spec, with_text<ResolveRequest>(), cadre), (Rules{Rule::holder_acts, Rule::confirm_within}));
  EXPECT_EQ(rules_of(spec, ConfirmRequest{}, alice),
            (Rules{Rule::asker_answers, Rule::answer_in_time, Rule::not_own_work}));
  EXPECT_EQ(rules_of(spec, rate_request(5), alice), (Rules{Rule::asker_answers, Rule::not_own_work, Rule::rated_once}));
}

TEST(Rules, AreNamedWhereTheSystemLetsATimePass) {
  auto spec = asked();
  spec.at(after(accept_us));
  EXPECT_EQ(rules_of(spec, pass(1), system()), (Rules{Rule::accept_within, Rule::clock_is_over}));
  auto resolved = accepted();
  resolved.when(with_text<ResolveRequest>(), person(resolved.world, "cadre_a")).happened();
  resolved.at(after(confirm_us));
  EXPECT_EQ(rules_of(resolved, pass(3), system()),
            (Rules{Rule::confirm_within, Rule::clock_is_over, Rule::silence_closes}));
}

TEST(Rules, AreNamedWherePlacesAreGiven) {
  auto spec = offered(pottery(1, 1));
  EXPECT_EQ(rules_of(spec, claim(1), person(spec.world, "alice")),
            (Rules{Rule::organisation_active, Rule::claims_are_open, Rule::max_per_member, Rule::capacity}));
  EXPECT_EQ(rules_of(spec, claim(1), person(spec.world, "bob")),
            (Rules{Rule::organisation_active, Rule::claims_are_open, Rule::max_per_member, Rule::capacity,
                   Rule::waiting_list}));
  EXPECT_EQ(rules_of(spec, on_ticket<CancelClaim>(1), person(spec.world, "alice")),
            (Rules{Rule::given_back_in_time, Rule::capacity, Rule::order_of_waiting}));
}

}  // namespace
}  // namespace pioneer::domain::specs
