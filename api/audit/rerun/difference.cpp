#include "api/audit/rerun/difference.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

namespace pioneer::api::rerun {
namespace {

/// Of one event: enough to see what parts, too little to hide the rest behind a text.
constexpr std::size_t told_bytes_max = 400;

const google::protobuf::Message& message_of(const domain::AnyEvent& event) {
  return std::visit([](const auto& e) -> const google::protobuf::Message& { return e; }, event);
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ';');
  while (!text.empty() && (text.back() == ';' || text.back() == ' ')) text.pop_back();
  if (text.size() > told_bytes_max) text = text.substr(0, told_bytes_max) + " …";
  return text;
}

std::string difference_of(const domain::AnyEvent& again, const domain::AnyEvent& parsed,
                          const eventstore::Event& recorded) {
  const auto type = std::string(domain::event_type(again));
  if (type != recorded.type()) return "Recorded is " + recorded.type() + ", decided again " + type + ".";
  if (domain::event_payload(again) == recorded.payload()) return {};
  std::string fields;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&fields);
  if (differencer.Compare(message_of(parsed), message_of(again)))
    return type + ": the same values, written as other bytes.";
  return type + ", from what was recorded to what is decided again: " + one_line(std::move(fields));
}

std::string difference_of(const Change& again, const projections::Part& recorded) {
  if (again.stream != recorded.raw->stream())
    return "It was written to " + recorded.raw->stream() + ", and belongs to " + again.stream + ".";
  const auto common = std::min(again.events.size(), recorded.events.size());
  for (std::size_t i = 0; i < common; ++i) {
    auto found = difference_of(again.events[i], recorded.events[i], recorded.raw->events(static_cast<int>(i)));
    if (!found.empty()) return found;
  }
  if (again.events.size() > common) return "Missing is " + std::string(domain::event_type(again.events[common])) + ".";
  if (recorded.events.size() > common)
    return "It does not lead to " + recorded.raw->events(static_cast<int>(common)).type() + ".";
  return {};
}

std::string names_of(const domain::Rules& rules) {
  std::string names;
  rules.for_each([&](auto rule) { names += (names.empty() ? "" : ", ") + domain::rule_name(rule); });
  return names.empty() ? "none" : names;
}

}  // namespace

std::string difference(const Decision& again, const projections::Commit& recorded, std::uint64_t policy) {
  if (again.changes.size() != recorded.parts.size())
    return "It writes " + std::to_string(again.changes.size()) + " streams, recorded are " +
           std::to_string(recorded.parts.size()) + ".";
  for (std::size_t i = 0; i < again.changes.size(); ++i) {
    if (auto found = difference_of(again.changes[i], recorded.parts[i]); !found.empty()) return found;
    const auto actor = recorded.parts[i].raw->actor();
    if (again.acting_as.is_zero() ? !actor.empty() : actor != again.acting_as.view())
      return "Its actor is another: " + (again.acting_as.is_zero() ? "the system" : again.acting_as.text()) + ".";
  }
  if (recorded.raw->policy_sequence() != policy)
    return "It names the policy of entry " + std::to_string(recorded.raw->policy_sequence()) +
           ", in force is that of " + std::to_string(policy) + ".";
  const auto& named = recorded.raw->rules();
  std::vector<std::uint32_t> rules;
  again.rules.for_each([&](auto rule) { rules.push_back(static_cast<std::uint32_t>(rule)); });
  if (!named.empty() && !std::ranges::equal(named, rules))
    return "Its rules are others: " + names_of(again.rules) + ".";
  return {};
}

}  // namespace pioneer::api::rerun
