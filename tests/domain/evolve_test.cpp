// evolve is total: events in any order, with any numbers, leave a state behind and nothing broken.
#include <random>

#include "domain/requests/snapshot.hpp"
#include "domain/supermarket/snapshot.hpp"
#include "tests/domain/members_world.hpp"
#include "tests/domain/requests_world.hpp"
#include "tests/domain/supermarket_world.hpp"

namespace pioneer::domain::specs {
namespace {

/// Every field of the message set to something: small numbers, numbers at the edge, short and long bytes.
void scramble(google::protobuf::Message& message, std::mt19937& random, int depth = 0) {
  using Field = google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  const auto number = [&]() -> std::uint32_t { return random() % 8 == 0 ? 0xFFFFFFFFU - random() % 2 : random() % 12; };
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const Field* field = message.GetDescriptor()->field(i);
    if (random() % 4 == 0) continue;
    if (field->is_repeated()) {
      if (field->cpp_type() == Field::CPPTYPE_UINT32) reflection->AddUInt32(&message, field, number());
      if (field->cpp_type() == Field::CPPTYPE_MESSAGE && depth < 3) {
        scramble(*reflection->AddMessage(&message, field), random, depth + 1);
      }
      continue;
    }
    switch (field->cpp_type()) {
      case Field::CPPTYPE_UINT32:
        reflection->SetUInt32(&message, field, number());
        break;
      case Field::CPPTYPE_INT64:
        reflection->SetInt64(&message, field, static_cast<std::int64_t>(number()) - 1);
        break;
      case Field::CPPTYPE_ENUM:
        reflection->SetEnumValue(&message, field, static_cast<int>(random() % 12) - 2);
        break;
      case Field::CPPTYPE_STRING:
        if (field->type() == Field::TYPE_STRING) {
          reflection->SetString(&message, field, std::to_string(random() % 6));
        } else {
          const std::size_t length = random() % 5 == 0 ? 3 : 16;
          reflection->SetString(&message, field, bytes(std::to_string(random() % 6)).substr(0, length));
        }
        break;
      case Field::CPPTYPE_MESSAGE:
        if (depth < 3) scramble(*reflection->MutableMessage(&message, field), random, depth + 1);
        break;
      default:
        break;
    }
  }
}

template <class Event, std::size_t... I>
Event any_event(std::mt19937& random, std::index_sequence<I...>) {
  Event event;
  const std::size_t wanted = random() % sizeof...(I);
  ((wanted == I ? static_cast<void>(event.template emplace<I>()) : static_cast<void>(0)), ...);
  std::visit([&](auto& e) { scramble(e, random); }, event);
  return event;
}
template <class Event>
Event any_event(std::mt19937& random) {
  return any_event<Event>(random, std::make_index_sequence<std::variant_size_v<Event>>{});
}
Id any_id(std::mt19937& random) { return id(std::to_string(random() % 6)); }

class AnyEvents : public testing::TestWithParam<unsigned> {};

TEST_P(AnyEvents, LeaveAProductThatIsReadAndKept) {
  std::mt19937 random(GetParam());
  supermarket::State state;
  for (int i = 0; i < 2'000; ++i) {
    evolve(state, any_event<supermarket::Event>(random), {any_id(random), start});
    ASSERT_LE(state.promoted_through, state.tickets.size());
    ASSERT_LE(state.waiting, state.tickets.size());
    const std::uint32_t next = next_in_line(state);
    if (next != 0) {
      ASSERT_EQ(state.tickets[next - 1].state, ClaimState::waitlisted);
    }
  }
  EXPECT_TRUE(supermarket::decode(supermarket::encode(state)));
}

TEST_P(AnyEvents, LeaveARequestThatIsReadAndKept) {
  std::mt19937 random(GetParam());
  requests::State state;
  for (int i = 0; i < 2'000; ++i) evolve(state, any_event<requests::Event>(random), {any_id(random), start});
  const auto kept = requests::decode(requests::encode(state));
  ASSERT_TRUE(kept);
  EXPECT_EQ(requests::encode(*kept), requests::encode(state));
}

TEST_P(AnyEvents, LeaveARosterThatAnswers) {
  std::mt19937 random(GetParam());
  World w;
  members::Roster roster;
  for (int i = 0; i < 2'000; ++i) {
    roster.evolve(any_id(random), any_event<members::Event>(random), {any_id(random), start});
    const Id member = any_id(random);
    for (const Grant& grant : roster.grants(member)) ASSERT_TRUE(roster.holding(grant.grant)->active);
  }
  EXPECT_LE(roster.size(), 6U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyEvents, testing::Range(1U, 11U));

}  // namespace
}  // namespace pioneer::domain::specs
