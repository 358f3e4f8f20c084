#include "api/queries/request_view.hpp"
#include "api/text/bytes.hpp"

#include <algorithm>

#include "api/edge/fields.hpp"
#include "api/queries/concern.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;

/// What the fold of a request's stream leaves: its state, and what only a reader wants to know.
struct Folded {
  domain::requests::State state;
  std::uint64_t revision = 0;
  Id submitted_to;
  domain::Sealed title, description, location, beneficiary_name, beneficiary_phone;
  std::vector<domain::Blob> photos;
  domain::Channel::Value channel = domain::Channel::unspecified;
  std::uint64_t cause = 0;
  std::int64_t submitted_us = 0, resolved_us = 0, closed_us = 0;
  domain::RequestRated rating;
  std::int64_t rated_us = 0;
  domain::RequestImported imported;

  struct Step {
    std::uint64_t position = 0;
    std::int64_t at_us = 0;
    std::string type;
    domain::Sealed text;
    std::uint32_t field = 0;
    std::vector<domain::Blob> photos;
    Id organisation;  ///< the holder when it happened
  };
  std::vector<Step> course;
};

class Fold {
 public:
  explicit Fold(Folded& into) : f_(into) {}

  void take(const HistoryEntry& entry) {
    at_us_ = entry.commit.recorded_at.us;
    const domain::Happened happened{entry.part->actor, entry.commit.recorded_at};
    for (const auto& event : entry.part->events) {
      step_ = {};
      listed_ = true;
      std::visit(
          [&](const auto& e) {
            if constexpr (std::is_constructible_v<domain::requests::Event, decltype(e)>) {
              note(e);
              evolve(f_.state, domain::requests::Event(e), happened);
            }
          },
          event);
      if (!listed_) continue;
      step_.position = entry.commit.sequence.value;
      step_.at_us = at_us_;
      step_.type = std::string(domain::event_type(event));
      step_.organisation = f_.state.organisation;
      f_.course.push_back(std::move(step_));
    }
    f_.revision = entry.part->revision();
  }

 private:
  void note(const domain::RequestSubmitted& e) {
    f_.title = e.title();
    f_.description = e.description();
    f_.location = e.location();
    f_.beneficiary_name = e.beneficiary_name();
    f_.beneficiary_phone = e.beneficiary_phone();
    f_.photos.assign(e.photos().begin(), e.photos().end());
    f_.channel = e.channel();
    f_.submitted_to = Id::of(e.organisation());
    f_.cause = e.cause();
    f_.submitted_us = at_us_;
  }
  void note(const domain::RequestImported& e) {
    f_.imported = e;
    f_.title = e.title();
    f_.location = e.location();
    f_.channel = e.channel();
    f_.submitted_to = Id::of(e.organisation());
    f_.submitted_us = e.submitted_us();
    f_.closed_us = e.closed_us();
  }
  void note(const domain::RequestProgressed& e) { say(e.text(), api::field::progress_text, e.photos()); }
  void note(const domain::RequestResolved& e) {
    say(e.text(), api::field::resolution_text, e.photos());
    f_.resolved_us = at_us_;
  }
  void note(const domain::RequestDisputed& e) {
    say(e.reason(), api::field::dispute_reason, {});
    f_.resolved_us = 0;
  }
  void note(const domain::RequestWithdrawn& e) {
    say(e.reason(), api::field::withdrawal_reason, {});
    f_.closed_us = at_us_;
  }
  void note(const domain::RequestConfirmed&) { f_.closed_us = at_us_; }
  void note(const domain::RequestClosedUnconfirmed&) { f_.closed_us = at_us_; }
  void note(const domain::RequestRated& e) {
    f_.rating = e;
    f_.rated_us = at_us_;
  }
  // What the system keeps for itself is no step of the course.
  void note(const domain::SubjectKeyIssued&) { listed_ = false; }
  void note(const domain::RequestDeadlineSet&) { listed_ = false; }
  template <class Other>
  void note(const Other&) {}

  template <class Photos>
  void say(const domain::Sealed& text, std::uint32_t field, const Photos& photos) {
    step_.text = text;
    step_.field = field;
    step_.photos.assign(photos.begin(), photos.end());
  }
  void say(const domain::Sealed& text, std::uint32_t field, std::initializer_list<domain::Blob> none) {
    say<std::initializer_list<domain::Blob>>(text, field, none);
  }

  Folded& f_;
  Folded::Step step_;
  bool listed_ = true;
  std::int64_t at_us_ = 0;
};

template <class Photos, class Into>
void show_photos(const Photos& photos, Into* into) {
  for (const auto& photo : photos) {
    auto& view = *into->Add();
    view.set_blob(api::hex(photo.name()));
    view.set_media_type(photo.media_type());
  }
}

void show_due(const domain::requests::State& state, api::RequestView& view) {
  const domain::requests::Deadline* next = nullptr;
  domain::DeadlineKind::Value kind = domain::DeadlineKind::unspecified;
  for (const auto k : {domain::DeadlineKind::accept, domain::DeadlineKind::resolve, domain::DeadlineKind::confirm}) {
    const auto& deadline = domain::requests::deadline(state, k);
    const bool counts = deadline.running || (deadline.passed && is_open(state));
    if (counts && (next == nullptr || deadline.due < next->due)) {
      next = &deadline;
      kind = k;
    }
  }
  if (next == nullptr) return;
  view.mutable_due()->set_kind(kind);
  set_time(*view.mutable_due()->mutable_at(), next->due.us);
}

/// The commands that the state and the table allow this caller; each word is the last part of the call's path.
void show_actions(const Folded& f, const domain::Actor& actor, domain::Relation relation,
                  const domain::organisations::Directory& directory, api::RequestView& view) {
  using domain::Action;
  using domain::RequestState;
  struct Offer {
    Action action;
    std::string_view word;
    std::initializer_list<RequestState::Value> states;
  };
  static const Offer offers[] = {
      {Action::accept_request, "accept", {RequestState::submitted}},
      {Action::assign_request, "assign", {RequestState::submitted, RequestState::accepted, RequestState::in_progress}},
      {Action::report_progress, "progress", {RequestState::accepted, RequestState::in_progress}},
      {Action::resolve_request, "resolve", {RequestState::accepted, RequestState::in_progress}},
      {Action::confirm_request, "confirm", {RequestState::awaiting_confirmation}},
      {Action::dispute_request, "dispute", {RequestState::awaiting_confirmation}},
      {Action::withdraw_request,
       "withdraw",
       {RequestState::submitted, RequestState::accepted, RequestState::in_progress,
        RequestState::awaiting_confirmation}},
      {Action::rate_request, "rate", {RequestState::closed_confirmed, RequestState::closed_unconfirmed}},
  };
  for (const auto& offer : offers) {
    if (std::ranges::find(offer.states, f.state.state) == offer.states.end()) continue;
    if (offer.action == Action::rate_request && f.state.rated) continue;
    if (authorise(offer.action, actor, relation, f.state.organisation, directory))
      view.add_actions(std::string(offer.word));
  }
}

void show_texts(const Folded& f, const api::Edge& edge, const std::string& stream, api::RequestView& view) {
  namespace field = api::field;
  open_into(edge, f.title, stream, field::request_title, [&](std::string s) { view.set_title(std::move(s)); });
  open_into(edge, f.description, stream, field::request_description,
            [&](std::string s) { view.set_description(std::move(s)); });
  if (!f.location.box().empty()) {
    if (const auto place = edge.opener().open_location(f.location, stream)) {
      view.mutable_location()->set_lat(place->lat());
      view.mutable_location()->set_lon(place->lon());
      if (!place->address().empty()) view.mutable_location()->set_address(place->address());
    }
  }
  show_photos(f.photos, view.mutable_photos());
  if (f.rated_us != 0) {
    auto& rating = *view.mutable_rating();
    rating.set_stars(f.rating.stars());
    set_time(*rating.mutable_at(), f.rated_us);
    open_into(edge, f.rating.comment(), stream, field::request_comment,
              [&](std::string s) { rating.set_comment(std::move(s)); });
  }
}

void show_course(const Folded& f, const api::Edge& edge, const std::string& stream,
                 const domain::organisations::Directory& directory, api::RequestView& view) {
  for (const auto& step : f.course) {
    auto& shown = *view.add_course();
    shown.set_position(step.position);
    set_time(*shown.mutable_at(), step.at_us);
    shown.set_type(step.type);
    open_into(edge, step.text, stream, step.field, [&](std::string s) { shown.set_text(std::move(s)); });
    show_photos(step.photos, shown.mutable_photos());
    name_organisation(directory, step.organisation, *shown.mutable_organisation());
  }
}

void show_facts(const Folded& f, const domain::organisations::Directory& directory, api::RequestView& view) {
  view.set_state(f.state.state);
  view.set_revision(f.revision);
  view.set_category(f.state.category);
  name_organisation(directory, f.state.organisation, *view.mutable_organisation());
  name_organisation(directory, f.submitted_to, *view.mutable_submitted_to());
  view.set_channel(f.channel);
  set_time(*view.mutable_submitted_at(), f.submitted_us);
  if (f.resolved_us != 0) set_time(*view.mutable_resolved_at(), f.resolved_us);
  if (f.closed_us != 0) set_time(*view.mutable_closed_at(), f.closed_us);
  show_due(f.state, view);
  view.set_overdue(is_overdue(f.state));
  if (f.cause != 0) view.set_cause(f.cause - 1);
  if (f.state.imported) {
    auto& source = *view.mutable_source();
    source.set_name(f.imported.source());
    source.set_number(f.imported.source_number());
    source.set_type(f.imported.source_type());
    source.set_status(f.imported.source_status());
  }
}

/// A member's name for an official, and the journal's entry for it. Nobody is noted for looking at their own name.
void show_member(const node::Node& node, const std::optional<Id>& member, const Id& caller,
                 std::function<void(std::string)> set, Journal& journal) {
  const auto person = member ? node.people().find(*member) : std::nullopt;
  if (!person || person->erased) return;
  open_into(node.edge(), person->name, domain::stream_of(domain::stream_kind::member, person->member),
            api::field::member_name, std::move(set));
  const auto is_noted = [&](const api::Sender& noted) { return noted.member == person->member; };
  if (person->member != caller && std::ranges::none_of(journal.subjects, is_noted))
    journal.subjects.push_back({person->member, person->key});
}

struct Looking {
  bool mine = false;           ///< the caller asked for it
  Id member;                   ///< zero: nobody of ours
  Id organisation;             ///< of the role that allows it
  std::optional<Id> official;  ///< whom it was given to
};

/// Names of the asker, of the one it is for and of the official who has it. The journal gets the asker, through whom
/// the first two came here, and the official. Who asked sees the organisation that has it.
void show_people(const Folded& f, const node::Node& node, const std::string& stream, const Looking& looking,
                 Answer<api::RequestView>& answer) {
  namespace field = api::field;
  const auto& edge = node.edge();
  auto& view = answer.view;
  open_into(edge, f.beneficiary_name, stream, field::beneficiary_name,
            [&](std::string s) { view.mutable_on_behalf_of()->set_name(std::move(s)); });
  open_into(edge, f.beneficiary_phone, stream, field::beneficiary_phone,
            [&](std::string s) { view.mutable_on_behalf_of()->set_phone(std::move(s)); });
  if (looking.mine) return;
  auto& journal = answer.journal;
  if (!f.state.asker.is_zero())
    show_member(
        node, node.people().member_of(stream, f.state.asker), looking.member,
        [&](std::string s) { view.set_asker_name(std::move(s)); }, journal);
  show_member(
      node, looking.official, looking.member, [&](std::string s) { view.set_official_name(std::move(s)); }, journal);
  if (journal.subjects.empty()) return;
  journal.purpose = "get_request";
  journal.organisation = looking.organisation;
}

}  // namespace

Answered<api::RequestView> request_view(const node::Node& node, const node::Caller& caller, const Id& id, Until until) {
  const std::string stream = domain::stream_of(domain::stream_kind::request, id);
  const auto concern = concern_of(node, caller, domain::stream_kind::request, id.text());
  if (!concern) return domain::refuse_missing(caller.actor);
  const auto look = [&](const node::Community& community) {
    return may_look(community, caller, domain::Action::get_request, *concern);
  };
  if (const auto may = node.projector().with_community(look); !may) return std::unexpected(may.error());
  Folded folded;
  Fold fold(folded);
  const auto read = read_history(node, stream, eventstore::Revision{0}, until, [&](const HistoryEntry& entry) {
    fold.take(entry);
    return true;
  });
  if (!read || folded.revision == 0) return domain::refuse(domain::refusals::not_found);

  const auto& edge = node.edge();
  const bool mine = concern->mine;
  domain::Actor actor = caller.actor;
  if (concern->me) actor.pseudonym = *concern->me;
  const auto relation = mine ? domain::Relation::own : domain::Relation::none;

  Answer<api::RequestView> answer;
  auto& view = answer.view;
  view.set_id(id.text());
  view.set_mine(mine);
  Looking looking{
      .mine = mine, .member = caller.sender ? caller.sender->member : Id{}, .organisation = {}, .official = {}};
  const auto allowed = node.projector().with_community([&](const node::Community& community) -> domain::Decided<Id> {
    auto may = look(community);
    if (!may) return may;
    show_facts(folded, community.directory, view);
    show_course(folded, edge, stream, community.directory, view);
    if (until.sequence == Until{}.sequence) show_actions(folded, actor, relation, community.directory, view);
    if (const auto* holding = community.roster.holding(*may)) looking.organisation = holding->organisation;
    if (const auto* holding = community.roster.holding(folded.state.assigned_grant)) looking.official = holding->member;
    return may;
  });
  if (!allowed) return std::unexpected(allowed.error());
  show_texts(folded, edge, stream, view);
  show_people(folded, node, stream, looking, answer);
  return answer;
}

}  // namespace pioneer::queries
