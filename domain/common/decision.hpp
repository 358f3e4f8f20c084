// What decide answers when it does not refuse.
#pragma once

#include <utility>
#include <vector>

#include "domain/common/id.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::domain {

template <class Event>
struct Decision {
  Id acting_as;  ///< the pseudonym or grant that stands in the commit as actor; zero: the system
  std::vector<Event> events;
};

}  // namespace pioneer::domain
