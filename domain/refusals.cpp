#include "domain/refusals.hpp"

#include <algorithm>

#include "domain/members/refusals.hpp"
#include "domain/organisations/refusals.hpp"
#include "domain/policy/refusals.hpp"
#include "domain/requests/refusals.hpp"
#include "domain/supermarket/refusals.hpp"

namespace pioneer::domain {
namespace {

template <std::size_t... N>
constexpr auto joined(const std::array<RefusalText, N>&... lists) {
  std::array<RefusalText, (N + ...)> all{};
  std::size_t at = 0;
  ((std::copy(lists.begin(), lists.end(), all.begin() + static_cast<std::ptrdiff_t>(at)), at += N), ...);
  return all;
}

constexpr auto all = joined(refusals::shared, organisations::refusals::all, members::refusals::all,
                            policy::refusals::all, requests::refusals::all, supermarket::refusals::all);

constexpr bool codes_are_unique() {
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (all[i].code == all[j].code) return false;
    }
  }
  return true;
}
static_assert(codes_are_unique(), "a refusal code means one thing");

}  // namespace

std::span<const RefusalText> all_refusals() { return all; }

const RefusalText* refusal_of(std::string_view code) {
  const auto* found = std::ranges::find(all, code, &RefusalText::code);
  return found == all.end() ? nullptr : found;
}

}  // namespace pioneer::domain
