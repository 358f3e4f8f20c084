// Every state of a request, every command, every kind of person.
#include "tests/domain/cells.hpp"
#include "tests/domain/document.hpp"
#include "tests/domain/requests_world.hpp"

namespace pioneer::domain::specs {
namespace {

using Command = std::function<requests::Outcome(const RequestSpec&, const Context&)>;

template <class C>
Command run(C command) {
  return [command](const RequestSpec& spec, const Context& context) { return decide(spec.state(), command, context); };
}

SubmitRequest reaction() {
  auto command = submit();
  command.set_channel(Channel::feedback);
  command.set_cause(8);
  return command;
}
RequestSpec worked() {
  auto spec = accepted();
  spec.when(with_text<ReportProgress>(), person(spec.world, "cadre_a")).happened();
  return spec;
}
RequestSpec silent() {
  auto spec = resolved();
  spec.at(after(confirm_us)).when(pass(3), system()).happened();
  return spec;
}
RequestSpec rated() {
  auto spec = closed();
  spec.when(rate_request(5), person(spec.world, "alice")).happened();
  return spec;
}
RequestSpec withdrawn() {
  auto spec = asked();
  spec.when(WithdrawRequest{}, person(spec.world, "alice")).happened();
  return spec;
}

TEST(RequestCells, AreWhatTheReadmeSays) {
  const std::vector<std::pair<std::string, RequestSpec>> states = {
      {"nothing yet", RequestSpec{}},
      {"submitted", asked()},
      {"accepted", accepted()},
      {"in progress", worked()},
      {"awaiting confirmation", resolved()},
      {"closed confirmed", closed()},
      {"closed confirmed, rated", rated()},
      {"closed unconfirmed", silent()},
      {"withdrawn", withdrawn()},
  };
  const std::vector<std::pair<std::string, Command>> commands = {
      {"SubmitRequest", run(submit())},
      {"SubmitRequest for a problem told in a rating", run(reaction())},
      {"ImportRequest", run(import_request())},
      {"AcceptRequest", run(AcceptRequest{})},
      {"AssignRequest to the holder's parent", run(assign("street"))},
      {"ReportProgress", run(with_text<ReportProgress>())},
      {"ResolveRequest", run(with_text<ResolveRequest>())},
      {"ConfirmRequest", run(ConfirmRequest{})},
      {"DisputeRequest", run(with_reason<DisputeRequest>())},
      {"RateRequest", run(rate_request(4))},
      {"WithdrawRequest", run(WithdrawRequest{})},
      {"PassDeadline, the newest one that is due",
       [](const RequestSpec& spec, const Context& context) {
         Context later = context;
         later.now = after(30 * day_us);
         return decide(spec.state(), pass(std::max(1U, spec.state().deadlines_set)), later);
       }},
  };
  const World w;
  const std::vector<std::pair<std::string, Actor>> roles = {
      {"nobody", nobody()},
      {"the asker", person(w, "alice")},
      {"another member", person(w, "bob")},
      {"cadre of the holder", person(w, "cadre_a")},
      {"cadre above", person(w, "cadre_street")},
      {"cadre elsewhere", person(w, "cadre_b")},
      {"auditor above", person(w, "auditor")},
      {"administrator above", person(w, "administrator")},
      {"system", system()},
  };
  expect_generated("domain/requests/README.md", "cells",
                   cells(names(commands), names(states), names(roles), [&](auto c, auto s, auto r) {
                     const RequestSpec& spec = states[s].second;
                     return cell_of(commands[c].second(spec, spec.world.context(roles[r].second, start)));
                   }));
}

}  // namespace
}  // namespace pioneer::domain::specs
