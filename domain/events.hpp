// All events, and how they stand in a commit: the message's name without package, and its bytes.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "domain/members/members.pb.h"
#include "domain/organisations/organisations.pb.h"
#include "domain/policy/policy.pb.h"
#include "domain/refused/refused.pb.h"
#include "domain/requests/requests.pb.h"
#include "domain/supermarket/supermarket.pb.h"

namespace pioneer::domain {

// clang-format off
using AnyEvent = std::variant<
    PolicyAdopted, FeatureLevelRaised,
    OrganisationRegistered, OrganisationRenamed, OrganisationMoved, OrganisationMerged, OrganisationAbsorbed,
    OrganisationClosed,
    SubjectKeyIssued, MemberRegistered, RoleGranted, RoleRevoked, TokenIssued, TokenRevoked, MemberErased,
    PersonalDataOpened, EntriesFetched,
    RequestSubmitted, RequestImported, RequestDeadlineSet, RequestAccepted, RequestAssigned, RequestProgressed,
    RequestResolved, RequestConfirmed, RequestDisputed, RequestRated, RequestWithdrawn, RequestDeadlinePassed,
    RequestClosedUnconfirmed,
    ProductCreated, ProductPublished, CapacityChanged, PicturesChanged, ProductCancelled, ProductCompleted, ClaimPlaced,
    ClaimCancelled, PlacesPromoted, CheckedIn, ClaimCompleted, NoShowMarked, ClaimRated,
    CommandRefused>;
// clang-format on

/// "ClaimPlaced" for a ClaimPlaced.
std::string_view event_type(const AnyEvent& event);
std::string event_payload(const AnyEvent& event);
/// Nothing for a type that this build does not know, or a payload that does not parse: a reader stops there, never
/// skips.
std::optional<AnyEvent> parse_event(std::string_view type, std::string_view payload);

/// The same event among all.
template <class... E>
AnyEvent as_any(const std::variant<E...>& event) {
  return std::visit([](const auto& e) -> AnyEvent { return e; }, event);
}

/// The same event among those of one part (`requests::Event`, …); nothing: it is none of that part's.
template <class PartEvent>
std::optional<PartEvent> as_part(const AnyEvent& event) {
  return std::visit(
      [](const auto& e) -> std::optional<PartEvent> {
        if constexpr (requires { PartEvent(std::in_place_type<std::remove_cvref_t<decltype(e)>>, e); }) {
          return PartEvent(std::in_place_type<std::remove_cvref_t<decltype(e)>>, e);
        } else {
          return std::nullopt;
        }
      },
      event);
}

}  // namespace pioneer::domain
