// All commands, sealed and ready for the Writer. The edge makes them; decide judges them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/common/id.hpp"
#include "domain/common/instant.hpp"
#include "domain/members/members.pb.h"
#include "domain/organisations/organisations.pb.h"
#include "domain/policy/policy.pb.h"
#include "domain/requests/requests.pb.h"
#include "domain/supermarket/supermarket.pb.h"

namespace pioneer::domain {

// clang-format off
using AnyCommand = std::variant<
    AdoptPolicy, RaiseFeatureLevel,
    RegisterOrganisation, RenameOrganisation, MoveOrganisation, MergeOrganisation, CloseOrganisation,
    RegisterMember, GrantRole, RevokeRole, IssueToken, RevokeToken, IssueSignIn, OpenSession, EraseMember,
    RecordPersonalDataOpened, RecordEntriesFetched,
    SubmitRequest, ImportRequest, AcceptRequest, AssignRequest, ReportProgress, ResolveRequest, ConfirmRequest,
    DisputeRequest, RateRequest, WithdrawRequest, PassDeadline,
    CreateProduct, PublishProduct, ChangeCapacity, ChangePictures, CancelProduct, CompleteProduct, PlaceClaim,
    CancelClaim, CheckIn, CompleteClaim, MarkNoShow, RateClaim, ContinuePromotion>;
// clang-format on

/// A pseudonym's first use in the command's stream: whom it stands for, sealed with that person's key.
struct Introduction {
  Pseudonym pseudonym;
  std::string sealed_member;
};

/// Where a refusal by a rule shall stand, and as whom: a stream and a pseudonym of its own.
struct RefusalToRecord {
  Id id;  ///< of the stream refusal/<id>
  Introduction who;
};

/// A command with everything about its sender that the Writer may know.
struct Command {
  AnyCommand what;
  bool system = false;                      ///< a timer, a reaction, an import at the console
  Id member;                                ///< the sender's member id; zero: none. Never written to a stream of others
  std::string token_hash;                   ///< SHA-256 of the token that the sender showed; empty: none was
  Pseudonym pseudonym;                      ///< the sender's, in the stream that the command is about
  std::vector<Introduction> introductions;  ///< always attached; dropped by the Writer where known already
  std::string once;                         ///< 16 bytes, or empty: cannot be repeated by a client
  std::string same;                         ///< 16 bytes
  std::uint64_t cause = 0;                  ///< 1 + sequence of the causing commit; 0: none
  std::int64_t occurred_us = 0;             ///< imports and offline check-ins only
  std::int64_t expected_revision = -1;      ///< If-Match; −1: any
  std::optional<RefusalToRecord> record_refusal = {};  ///< absent: what is refused leaves no trace
  std::string phone_token;  ///< MAC of a new member's phone number under the deployment's secret; never logged
};

}  // namespace pioneer::domain
