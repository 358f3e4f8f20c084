#include "api/audit/rerun/rebuilt_command.hpp"

#include <algorithm>

#include "domain/streams.hpp"

namespace pioneer::api::rerun {
namespace {

using domain::AnyCommand;
using domain::AnyEvent;
using domain::Id;
using Rebuilt = std::expected<AnyCommand, std::string>;

/// One overload for each event that begins a decision.
class Rebuilding {
 public:
  Rebuilding(const projections::Commit& commit, const projections::Part& part, const Before& before)
      : commit_(commit), part_(part), before_(before), id_(part.id.view()) {}

  Rebuilt command() const {
    const auto& events = part_.events;
    const std::size_t first = !events.empty() && std::holds_alternative<domain::SubjectKeyIssued>(events.front());
    if (first >= events.size()) return std::unexpected(nothing);
    return std::visit([&](const auto& e) { return of(e); }, events[first]);
  }

 private:
  static constexpr const char* nothing = "No command leads to these events.";

  std::string key() const {
    const auto* issued = std::get_if<domain::SubjectKeyIssued>(&part_.events.front());
    return issued == nullptr ? std::string() : issued->key();
  }
  bool named(domain::Rule::Value rule) const {
    return std::ranges::find(commit_.raw->rules(), static_cast<std::uint32_t>(rule)) != commit_.raw->rules().end();
  }
  template <class Event>
  const Event* second() const {
    return part_.events.size() < 2 ? nullptr : std::get_if<Event>(&part_.events[1]);
  }
  template <class Command>
  Command on_request() const {
    Command c;
    c.set_request(id_);
    return c;
  }
  template <class Command>
  Command on_product() const {
    Command c;
    c.set_product(id_);
    return c;
  }
  template <class Command, class Event>
  Command on_claim(const Event& e) const {
    auto c = on_product<Command>();
    c.set_ticket(e.ticket());
    return c;
  }
  template <class Command>
  Command on_member() const {
    Command c;
    c.set_member(id_);
    return c;
  }
  template <class Command>
  Command on_organisation() const {
    Command c;
    c.set_organisation(id_);
    return c;
  }

  // Policy.
  Rebuilt of(const domain::PolicyAdopted& e) const {
    domain::AdoptPolicy c;
    *c.mutable_policy() = e.policy();
    return c;
  }
  Rebuilt of(const domain::FeatureLevelRaised& e) const {
    domain::RaiseFeatureLevel c;
    c.set_level(e.level());
    return c;
  }

  // Organisations.
  Rebuilt of(const domain::OrganisationRegistered& e) const {
    domain::RegisterOrganisation c;
    c.set_id(id_);
    c.set_name(e.name());
    c.set_level(e.level());
    c.set_parent(e.parent());
    c.set_code(e.code());
    return c;
  }
  Rebuilt of(const domain::OrganisationRenamed& e) const {
    auto c = on_organisation<domain::RenameOrganisation>();
    c.set_name(e.name());
    return c;
  }
  Rebuilt of(const domain::OrganisationMoved& e) const {
    auto c = on_organisation<domain::MoveOrganisation>();
    c.set_parent(e.parent());
    return c;
  }
  Rebuilt of(const domain::OrganisationMerged& e) const {
    auto c = on_organisation<domain::MergeOrganisation>();
    c.set_into(e.into());
    return c;
  }
  Rebuilt of(const domain::OrganisationClosed&) const { return on_organisation<domain::CloseOrganisation>(); }

  // Members.
  Rebuilt of(const domain::MemberRegistered& e) const {
    domain::RegisterMember c;
    c.set_id(id_);
    c.set_key(key());
    if (e.has_name()) *c.mutable_name() = e.name();
    if (e.has_phone()) *c.mutable_phone() = e.phone();
    c.set_organisation(e.organisation());
    return c;
  }
  Rebuilt of(const domain::RoleGranted& e) const {
    auto c = on_member<domain::GrantRole>();
    c.set_grant(e.grant());
    c.set_role(e.role());
    c.set_organisation(e.organisation());
    return c;
  }
  Rebuilt of(const domain::RoleRevoked& e) const {
    const auto* holding = before_.community.roster.holding(Id::of(e.grant()));
    if (holding == nullptr) return std::unexpected("The grant that it takes away stands nowhere before it.");
    auto c = on_member<domain::RevokeRole>();
    c.set_role(holding->role);
    c.set_organisation(std::string(holding->organisation.view()));
    return c;
  }
  Rebuilt of(const domain::TokenIssued& e) const {
    if (e.purpose() == domain::TokenPurpose::session) return std::unexpected(nothing);
    if (e.purpose() == domain::TokenPurpose::sign_in) {
      auto c = on_member<domain::IssueSignIn>();
      c.set_code_hash(e.token_hash());
      c.set_expires_us(e.expires_us());
      return c;
    }
    auto c = on_member<domain::IssueToken>();
    c.set_token_hash(e.token_hash());
    c.set_expires_us(e.expires_us());
    return c;
  }
  Rebuilt of(const domain::TokenRevoked& e) const {
    const auto* issued = second<domain::TokenIssued>();
    if (issued == nullptr) {
      auto c = on_member<domain::RevokeToken>();
      c.set_token_hash(e.token_hash());
      return c;
    }
    auto c = on_member<domain::OpenSession>();
    c.set_given_hash(e.token_hash());
    c.set_token_hash(issued->token_hash());
    c.set_expires_us(issued->expires_us());
    c.set_device(issued->device());
    return c;
  }
  Rebuilt of(const domain::MemberErased&) const { return on_member<domain::EraseMember>(); }
  Rebuilt of(const domain::PersonalDataOpened& e) const {
    domain::RecordPersonalDataOpened c;
    c.set_organisation(accessed());
    c.set_purpose(e.purpose());
    *c.mutable_subjects() = e.subjects();
    return c;
  }
  Rebuilt of(const domain::EntriesFetched& e) const {
    domain::RecordEntriesFetched c;
    c.set_organisation(accessed());
    c.set_first(e.first());
    c.set_last(e.last());
    return c;
  }
  /// "access/<organisation>-<month>"
  std::string accessed() const {
    const auto rest = domain::parts_of(part_.raw->stream()).second;
    const auto id = Id::parse(rest.substr(0, rest.find('-')));
    return id ? std::string(id->view()) : std::string();
  }

  // Requests.
  Rebuilt of(const domain::RequestSubmitted& e) const {
    domain::SubmitRequest c;
    c.set_id(id_);
    c.set_case_key(key());
    if (e.has_title()) *c.mutable_title() = e.title();
    if (e.has_description()) *c.mutable_description() = e.description();
    // Who told a problem in a rating named none: that rule says so.
    if (!named(domain::Rule::feedback_category)) c.set_category(e.category());
    c.set_organisation(e.organisation());
    c.set_channel(e.channel());
    if (e.has_location()) *c.mutable_location() = e.location();
    *c.mutable_photos() = e.photos();
    if (e.has_beneficiary_name()) *c.mutable_beneficiary_name() = e.beneficiary_name();
    if (e.has_beneficiary_phone()) *c.mutable_beneficiary_phone() = e.beneficiary_phone();
    c.set_cause(e.cause());
    // Only a reaction speaks in somebody's name; else the sender is the asker.
    if (part_.actor.is_zero()) c.set_asker(e.asker());
    return c;
  }
  Rebuilt of(const domain::RequestImported& e) const {
    domain::ImportRequest c;
    c.set_id(id_);
    c.set_case_key(key());
    if (e.has_title()) *c.mutable_title() = e.title();
    if (e.has_location()) *c.mutable_location() = e.location();
    c.set_category(e.category());
    c.set_organisation(e.organisation());
    c.set_channel(e.channel());
    c.set_source(e.source());
    c.set_source_number(e.source_number());
    c.set_source_type(e.source_type());
    c.set_source_status(e.source_status());
    c.set_state(e.state());
    c.set_submitted_us(e.submitted_us());
    c.set_closed_us(e.closed_us());
    return c;
  }
  Rebuilt of(const domain::RequestAccepted&) const { return on_request<domain::AcceptRequest>(); }
  Rebuilt of(const domain::RequestAssigned& e) const {
    auto c = on_request<domain::AssignRequest>();
    c.set_organisation(e.organisation());
    c.set_grant(e.grant());
    return c;
  }
  template <class Command, class Event>
  Command work(const Event& e) const {
    auto c = on_request<Command>();
    if (e.has_text()) *c.mutable_text() = e.text();
    *c.mutable_photos() = e.photos();
    return c;
  }
  Rebuilt of(const domain::RequestProgressed& e) const { return work<domain::ReportProgress>(e); }
  Rebuilt of(const domain::RequestResolved& e) const { return work<domain::ResolveRequest>(e); }
  Rebuilt of(const domain::RequestConfirmed&) const { return on_request<domain::ConfirmRequest>(); }
  Rebuilt of(const domain::RequestDisputed& e) const {
    auto c = on_request<domain::DisputeRequest>();
    if (e.has_reason()) *c.mutable_reason() = e.reason();
    return c;
  }
  Rebuilt of(const domain::RequestRated& e) const {
    auto c = on_request<domain::RateRequest>();
    c.set_stars(e.stars());
    if (e.has_comment()) *c.mutable_comment() = e.comment();
    return c;
  }
  Rebuilt of(const domain::RequestWithdrawn& e) const {
    auto c = on_request<domain::WithdrawRequest>();
    if (e.has_reason()) *c.mutable_reason() = e.reason();
    return c;
  }
  Rebuilt of(const domain::RequestDeadlinePassed& e) const {
    auto c = on_request<domain::PassDeadline>();
    c.set_deadline(e.deadline());
    return c;
  }
  // Only the newest clock for the asker's answer closes by silence.
  Rebuilt of(const domain::RequestClosedUnconfirmed&) const {
    auto c = on_request<domain::PassDeadline>();
    c.set_deadline(domain::requests::deadline(before_.request, domain::DeadlineKind::confirm).number);
    return c;
  }

  // Products and claims.
  Rebuilt of(const domain::ProductCreated& e) const {
    domain::CreateProduct c;
    c.set_id(id_);
    *c.mutable_terms() = e.terms();
    return c;
  }
  Rebuilt of(const domain::ProductPublished&) const { return on_product<domain::PublishProduct>(); }
  Rebuilt of(const domain::CapacityChanged& e) const {
    auto c = on_product<domain::ChangeCapacity>();
    c.set_capacity(e.capacity());
    return c;
  }
  Rebuilt of(const domain::PicturesChanged& e) const {
    auto c = on_product<domain::ChangePictures>();
    *c.mutable_pictures() = e.pictures();
    return c;
  }
  Rebuilt of(const domain::ProductCancelled& e) const {
    auto c = on_product<domain::CancelProduct>();
    c.set_reason(e.reason());
    return c;
  }
  Rebuilt of(const domain::ProductCompleted&) const { return on_product<domain::CompleteProduct>(); }
  // Whoever wanted free places only was not put on the waiting list: where one waits, that was not asked; else it
  // changes nothing.
  Rebuilt of(const domain::ClaimPlaced& e) const {
    auto c = on_product<domain::PlaceClaim>();
    c.set_places(e.places());
    return c;
  }
  Rebuilt of(const domain::ClaimCancelled& e) const { return on_claim<domain::CancelClaim>(e); }
  Rebuilt of(const domain::PlacesPromoted&) const { return on_product<domain::ContinuePromotion>(); }
  // Which code was shown follows from who acted: the owner shows the door's, others read the claim's or none.
  Rebuilt of(const domain::CheckedIn& e) const {
    auto c = on_claim<domain::CheckIn>(e);
    const auto* ticket = domain::supermarket::ticket(before_.product, e.ticket());
    if (ticket != nullptr && !part_.actor.is_zero() && ticket->owner == part_.actor)
      c.set_code(domain::DoorCode::venue);
    else if (named(domain::Rule::door_code))
      c.set_code(domain::DoorCode::ticket);
    c.set_occurred_us(commit_.raw->occurred_at_us());
    return c;
  }
  Rebuilt of(const domain::ClaimCompleted& e) const { return on_claim<domain::CompleteClaim>(e); }
  Rebuilt of(const domain::NoShowMarked& e) const { return on_claim<domain::MarkNoShow>(e); }
  Rebuilt of(const domain::ClaimRated& e) const {
    auto c = on_claim<domain::RateClaim>(e);
    c.set_stars(e.stars());
    if (e.has_comment()) *c.mutable_comment() = e.comment();
    if (e.has_problem()) *c.mutable_problem() = e.problem();
    c.set_problem_category(e.problem_category());
    return c;
  }

  template <class Other>
  Rebuilt of(const Other&) const {
    return std::unexpected(nothing);  // events that follow another of the same decision
  }

  const projections::Commit& commit_;
  const projections::Part& part_;
  const Before& before_;
  const std::string id_;
};

}  // namespace

Rebuilt rebuilt_command(const projections::Commit& commit, const projections::Part& part, const Before& before) {
  return Rebuilding(commit, part, before).command();
}

domain::Actor rebuilt_actor(const projections::Part& part, const node::Community& community) {
  domain::Actor actor;
  if (part.actor.is_zero()) {
    actor.kind = domain::Actor::Kind::system;
    return actor;
  }
  const bool own_kind = part.kind == projections::StreamKind::member;
  if (const auto* holding = community.roster.holding(part.actor)) {
    actor = community.actor(holding->member);
    actor.is_self = own_kind && holding->member == part.id;
    return actor;
  }
  // In a member's stream nobody but that member acts under a pseudonym.
  if (own_kind) actor = community.actor(part.id);
  actor.kind = domain::Actor::Kind::person;
  actor.is_self = own_kind;
  actor.pseudonym = part.actor;
  return actor;
}

}  // namespace pioneer::api::rerun
