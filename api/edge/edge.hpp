// The edge: where commands are checked and sealed, and where what is sealed is opened. Behind it nothing is personal.
//
// A call becomes a command in five steps: bounds (a refusal names the field), ids of what is new, keys, sealing, and
// the two MACs by which the Writer knows a repeat. Ids and keys of what a call creates are derived from the sender's
// key and the command's id: a repeat of the call names the same stream and makes no second key.
//
// Seals: XChaCha20-Poly1305 over the padded value; associated data = log_id ‖ context ‖ field number
// (u32 LE) ‖ key id; seal_format.hpp has it byte by byte.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/edge/call.hpp"
#include "api/edge/kept_picture.hpp"
#include "api/edge/opener.hpp"
#include "api/messages/commands.pb.h"
#include "api/ports/cryptography.hpp"
#include "api/ports/keyring.hpp"
#include "api/ports/people.hpp"
#include "api/ports/staged_blobs.hpp"
#include "domain/commands.hpp"
#include "domain/common/refusal.hpp"
#include "eventstore/types.hpp"

namespace pioneer::api {

struct Sealing;  // draft.hpp

using Commanded = domain::Decided<domain::Command>;

/// The active role grant of a member that an assignment to `organisation` names; nothing if it holds none there.
using FindGrant = std::function<std::optional<domain::Id>(const domain::Id& member, const domain::Id& organisation)>;

/// One row of an imported set, mapped already.
struct RequestToImport {
  std::string source;  ///< names the set
  std::string number;
  std::string type;
  std::string status;
  std::string title;
  std::optional<domain::Location> location;
  std::string category;
  domain::Id organisation;
  domain::RequestState::Value state = domain::RequestState::submitted;
  std::int64_t submitted_us = 0;
  std::int64_t closed_us = 0;  ///< 0: open
  domain::Channel::Value channel = domain::Channel::imported;
};

/// A problem told in a rating, as a reaction names it: nothing in it is open.
struct ToldProblem {
  std::uint64_t cause = 0;  ///< sequence of the commit that holds the rating
  std::string stream;       ///< "product/…"
  domain::Pseudonym author;
  domain::Sealed problem;
  std::string category;
  domain::Id organisation;  ///< the product's
};

/// Any thread. Path ids come as the client wrote them; one that is none is refused as `not_found`. Other codes:
/// `missing`, `too_long`, `out_of_bounds`, `malformed`, `malformed_id`, `unknown_word`, `too_many`, `unknown_blob`,
/// `not_a_photo`, `not_an_official` (kind invalid, with the field), `command_too_large` (invalid), and of kind
/// conflict: `erased` where a key is destroyed, `key_missing` where this machine does not hold it, `keys_unavailable`
/// where none can be made (a 503), `not_yet_known`.
class Edge {
 public:
  struct Parts {
    Cryptography& cryptography;
    Keyring& keyring;
    const People* people = nullptr;      ///< needed for reactions only
    const StagedBlobs* blobs = nullptr;  ///< absent: photos are refused as unknown
    eventstore::LogId log_id;
  };
  explicit Edge(const Parts& parts);
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  // Organisations.
  Commanded register_organisation(const Call&, const RegisterOrganisationBody&);
  Commanded rename_organisation(const Call&, std::string_view organisation, const RenameOrganisationBody&);
  Commanded move_organisation(const Call&, std::string_view organisation, const MoveOrganisationBody&);
  Commanded merge_organisation(const Call&, std::string_view organisation, const MergeOrganisationBody&);
  Commanded close_organisation(const Call&, std::string_view organisation);
  Commanded adopt_policy(const Call&, const domain::Policy&);
  Commanded raise_feature_level(const Call&, std::uint32_t level);

  // Members, roles, tokens. `register_member` makes the member's key.
  Commanded register_member(const Call&, const RegisterMemberBody&);
  Commanded grant_role(const Call&, std::string_view member, const GrantRoleBody&);
  Commanded revoke_role(const Call&, std::string_view member, std::string_view role, const RevokeRoleBody&);
  /// `token_hash`: SHA-256 of the token, 32 bytes; the token itself never comes here.
  Commanded issue_token(const Call&, std::string_view member, std::string_view token_hash, const IssueTokenBody&);
  Commanded revoke_token(const Call&, std::string_view member, const RevokeTokenBody&);
  /// `code_hash`: SHA-256 of the code, 32 bytes.
  Commanded issue_sign_in(const Call&, std::string_view member, std::string_view code_hash, std::int64_t expires_us,
                          const IssueSignInBody&);
  /// Gives what `given_hash` names, a code or a session, for a session.
  struct NewSession {
    std::string given_hash;
    std::string token_hash;
    std::int64_t expires_us = 0;
    domain::Device::Value device = domain::Device::unspecified;
  };
  Commanded open_session(const Call&, const domain::Id& member, const NewSession&);
  /// What a token, a code or a session says that this call makes: 32 bytes that nobody finds without this deployment's
  /// key and that a repeat of the call gets again, so that what is shown once can be shown twice to a client whose
  /// answer was lost. `purpose` ("bearer", "sign-in", "session") has no zero byte; README.md has the formula. Refusal:
  /// `keys_unavailable`, also where the call has no id that could be repeated.
  domain::Decided<std::string> secret_for(const Call&, std::string_view purpose, std::string_view about) const;
  Commanded erase_member(const Call&, std::string_view member);
  /// Before PERSONAL fields of these members are shown: at most 200 subjects. Those whose key is gone are left out.
  Commanded record_personal_data_opened(const Call&, const domain::Id& organisation, std::string_view purpose,
                                        std::span<const Sender> subjects);
  /// Before entries of the log, from the `first` to the `last`, go to an auditor of that root.
  Commanded record_entries_fetched(const Call&, const domain::Id& root, std::uint64_t first, std::uint64_t last);

  // Requests. `submit_request` makes the case key, under an id that follows from the request's: the others find it by
  // that.
  Commanded submit_request(const Call&, const SubmitRequestBody&);
  Commanded accept_request(const Call&, std::string_view request);
  Commanded assign_request(const Call&, std::string_view request, const AssignRequestBody&, const FindGrant&);
  Commanded report_progress(const Call&, std::string_view request, const ReportProgressBody&);
  Commanded resolve_request(const Call&, std::string_view request, const ResolveRequestBody&);
  Commanded confirm_request(const Call&, std::string_view request);
  Commanded dispute_request(const Call&, std::string_view request, const DisputeRequestBody&);
  Commanded rate_request(const Call&, std::string_view request, const RateRequestBody&);
  Commanded withdraw_request(const Call&, std::string_view request, const WithdrawRequestBody&);

  // Supermarket.
  /// `find`: for pictures that other products show; without it only fresh uploads are known.
  Commanded create_product(const Call&, const CreateProductBody&, const FindPicture& find = {});
  Commanded publish_product(const Call&, std::string_view product);
  Commanded change_capacity(const Call&, std::string_view product, const ChangeCapacityBody&);
  Commanded change_pictures(const Call&, std::string_view product, const ChangePicturesBody&,
                            const FindPicture& find = {});
  Commanded cancel_product(const Call&, std::string_view product, const CancelProductBody&);
  Commanded complete_product(const Call&, std::string_view product);
  Commanded place_claim(const Call&, std::string_view product, const PlaceClaimBody&);
  Commanded cancel_claim(const Call&, std::string_view product, std::string_view claim);
  Commanded check_in(const Call&, std::string_view product, std::string_view claim, const CheckInBody&);
  Commanded complete_claim(const Call&, std::string_view product, std::string_view claim);
  Commanded mark_no_show(const Call&, std::string_view product, std::string_view claim);
  Commanded rate_claim(const Call&, std::string_view product, std::string_view claim, const RateClaimBody&);

  // Without a client. All are `system`; ids follow from the cause, so that what comes twice takes effect once.
  Commanded pass_deadline(const domain::Id& request, std::uint32_t deadline);
  Commanded continue_promotion(const domain::Id& product);
  /// One ImportRequest; its id follows from (log, source, number), so importing again changes nothing.
  Commanded import_request(const RequestToImport& row);
  /// The problem becomes its author's request, sealed anew under a case key of its own. If the author is erased there
  /// is nobody to ask for and nothing to say: a request without asker and text.
  Commanded resolve_reaction(const ToldProblem& told);

  /// Opens, and derives pseudonyms and tokens.
  const Opener& opener() const;

 private:
  std::unique_ptr<Sealing> sealing_;
};

}  // namespace pioneer::api
