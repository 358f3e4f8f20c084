#include "domain/requests/snapshot.hpp"

#include "domain/requests/snapshot.pb.h"

namespace pioneer::domain::requests {
namespace {
constexpr std::uint32_t format = 1;
}

std::string encode(const State& state) {
  RequestSnapshot s;
  s.set_format(format);
  s.set_state(static_cast<std::uint32_t>(state.state));
  s.set_imported(state.imported);
  s.set_rated(state.rated);
  s.set_case_key(std::string(state.case_key.view()));
  s.set_asker(std::string(state.asker.view()));
  s.set_organisation(std::string(state.organisation.view()));
  s.set_assigned_grant(std::string(state.assigned_grant.view()));
  s.set_category(state.category);
  s.set_submitted_us(state.submitted.us);
  s.set_deadlines_set(state.deadlines_set);
  for (const Deadline& deadline : state.deadlines) {
    DeadlineSnapshot* d = s.add_deadlines();
    d->set_number(deadline.number);
    d->set_due_us(deadline.due.us);
    d->set_running(deadline.running);
    d->set_passed(deadline.passed);
  }
  for (const Id& worker : state.workers) s.add_workers(std::string(worker.view()));
  return s.SerializeAsString();
}

std::optional<State> decode(std::string_view bytes) {
  RequestSnapshot s;
  if (!s.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || s.format() != format) return std::nullopt;
  State state;
  if (static_cast<std::size_t>(s.deadlines_size()) != state.deadlines.size()) return std::nullopt;
  state.state = static_cast<RequestState::Value>(s.state());
  state.imported = s.imported();
  state.rated = s.rated();
  state.case_key = Id::of(s.case_key());
  state.asker = Id::of(s.asker());
  state.organisation = Id::of(s.organisation());
  state.assigned_grant = Id::of(s.assigned_grant());
  state.category = s.category();
  state.submitted = {s.submitted_us()};
  state.deadlines_set = s.deadlines_set();
  for (std::size_t i = 0; i < state.deadlines.size(); ++i) {
    const DeadlineSnapshot& d = s.deadlines(static_cast<int>(i));
    state.deadlines[i] = {d.number(), {d.due_us()}, d.running(), d.passed()};
  }
  for (const std::string& worker : s.workers()) state.workers.push_back(Id::of(worker));
  return state;
}

}  // namespace pioneer::domain::requests
