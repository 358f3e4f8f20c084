// What decide answers when it does not refuse.
#pragma once

#include <utility>
#include <vector>

#include "domain/common/id.hpp"
#include "domain/common/refusal.hpp"
#include "domain/common/rules.hpp"

namespace pioneer::domain {

template <class Event>
struct Decision {
  Id acting_as;  ///< the pseudonym or grant that stands in the commit as actor; zero: the system
  std::vector<Event> events;
  Rules rules = {};  ///< that led here, beside the table of permissions
};

}  // namespace pioneer::domain
