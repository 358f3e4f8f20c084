// All events, and how they stand in a commit: the message's name without package, and its bytes.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "domain/members/members.pb.h"
#include "domain/organisations/organisations.pb.h"
#include "domain/policy/policy.pb.h"
#include "domain/requests/requests.pb.h"
#include "domain/supermarket/supermarket.pb.h"

namespace pioneer::domain {

// clang-format off
using AnyEvent = std::variant<
    PolicyAdopted,
    OrganisationRegistered, OrganisationRenamed, OrganisationMoved, OrganisationMerged, OrganisationAbsorbed,
    OrganisationClosed,
    SubjectKeyIssued, MemberRegistered, RoleGranted, RoleRevoked, TokenIssued, TokenRevoked, MemberErased,
    PersonalDataOpened,
    RequestSubmitted, RequestImported, RequestDeadlineSet, RequestAccepted, RequestAssigned, RequestProgressed,
    RequestResolved, RequestConfirmed, RequestDisputed, RequestRated, RequestWithdrawn, RequestDeadlinePassed,
    RequestClosedUnconfirmed,
    ProductCreated, ProductPublished, CapacityChanged, ProductCancelled, ProductCompleted, ClaimPlaced, ClaimCancelled,
    PlacesPromoted, CheckedIn, ClaimCompleted, NoShowMarked, ClaimRated>;
// clang-format on

/// "ClaimPlaced" for a ClaimPlaced.
std::string_view event_type(const AnyEvent& event);
std::string event_payload(const AnyEvent& event);
/// Nothing for a type that this build does not know, or a payload that does not parse: a reader stops there, never
/// skips.
std::optional<AnyEvent> parse_event(std::string_view type, std::string_view payload);

}  // namespace pioneer::domain
