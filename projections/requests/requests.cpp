// How requests' rows follow from events.
#include "projections/requests/requests.hpp"

#include <variant>

namespace pioneer::projections {
namespace {

using domain::DeadlineKind;
using domain::RequestState;

// Numbers of the sealed fields, from requests.proto.
constexpr std::uint32_t title_field = 20;
constexpr std::uint32_t location_field = 22;

/// Folds one commit's events of one request.
class Fold {
 public:
  Fold(RequestRow& row, RequestBody& body, const Commit& commit) : row_(row), body_(body), at_(commit.recorded_at) {}
  bool body_is_new() const { return body_is_new_; }
  const std::vector<RequestPhoto>& used() const { return used_; }

  void operator()(const domain::SubjectKeyIssued& e) { row_.case_key = domain::Id::of(e.key()); }
  void operator()(const domain::RequestSubmitted& e) {
    row_.state = RequestState::submitted;
    row_.organisation = row_.submitted_to = domain::Id::of(e.organisation());
    row_.asker = domain::Id::of(e.asker());
    row_.category = e.category();
    row_.channel = e.channel();
    row_.submitted = at_;
    row_.cause = e.cause();
    row_.title = SealedValue(e.title());
    if (e.has_location()) row_.location = SealedValue(e.location());
    body_is_new_ = true;
    if (e.has_description()) body_.description = SealedValue(e.description());
    use(e.photos());
    body_.photos = used_;
    row_.on_behalf = e.has_beneficiary_name();
    if (e.has_beneficiary_name()) body_.beneficiary_name = SealedValue(e.beneficiary_name());
    if (e.has_beneficiary_phone()) body_.beneficiary_phone = SealedValue(e.beneficiary_phone());
  }
  void operator()(const domain::RequestImported& e) {
    row_.imported = true;
    row_.state = e.state();
    row_.organisation = row_.submitted_to = domain::Id::of(e.organisation());
    row_.category = e.category();
    row_.channel = e.channel();
    row_.submitted = {e.submitted_us()};
    row_.closed = {e.closed_us()};
    row_.title = SealedValue(e.title());
    if (e.has_location()) row_.location = SealedValue(e.location());
    body_is_new_ = true;
    body_.source = e.source();
    body_.source_number = e.source_number();
    body_.source_type = e.source_type();
    body_.source_status = e.source_status();
  }
  void operator()(const domain::RequestDeadlineSet& e) {
    if (auto* const clock = clock_of(e.kind())) *clock = {e.deadline(), {e.due_us()}, true, false};
  }
  void operator()(const domain::RequestAccepted&) {
    row_.state = RequestState::accepted;
    row_.accepted = at_;
    row_.deadlines[DeadlineKind::accept].running = false;
  }
  void operator()(const domain::RequestAssigned& e) {
    row_.organisation = domain::Id::of(e.organisation());
    row_.grant = domain::Id::of(e.grant());
  }
  void operator()(const domain::RequestProgressed& e) {
    row_.state = RequestState::in_progress;
    use(e.photos());
  }
  void operator()(const domain::RequestResolved& e) {
    use(e.photos());
    row_.state = RequestState::awaiting_confirmation;
    row_.resolved = at_;
    row_.deadlines[DeadlineKind::resolve].running = false;
  }
  void operator()(const domain::RequestConfirmed&) { close(RequestState::closed_confirmed); }
  void operator()(const domain::RequestDisputed&) {
    row_.state = RequestState::in_progress;
    row_.resolved = {};
    row_.deadlines[DeadlineKind::confirm].running = false;
  }
  void operator()(const domain::RequestRated& e) {
    row_.stars = e.stars();
    row_.rated = at_;
    if (e.has_comment()) row_.comment = SealedValue(e.comment());
  }
  void operator()(const domain::RequestWithdrawn&) { close(RequestState::withdrawn); }
  void operator()(const domain::RequestDeadlinePassed& e) {
    auto* const clock = clock_of(e.kind());
    if (clock == nullptr || clock->number != e.deadline()) return;
    clock->running = false;
    clock->passed = true;
  }
  void operator()(const domain::RequestClosedUnconfirmed&) {
    row_.deadlines[DeadlineKind::confirm].passed = true;
    close(RequestState::closed_unconfirmed);
  }
  template <class Other>
  void operator()(const Other&) {}  // of other streams

 private:
  RequestDeadline* clock_of(DeadlineKind::Value kind) {
    return DeadlineKind::Value_IsValid(kind) && kind != DeadlineKind::unspecified
               ? &row_.deadlines[static_cast<std::size_t>(kind)]
               : nullptr;
  }
  template <class Photos>
  void use(const Photos& photos) {
    for (const auto& photo : photos) used_.push_back({photo.name(), SealedValue(photo.key()), photo.media_type()});
  }
  void close(RequestState::Value as) {
    row_.state = as;
    row_.closed = at_;
    for (auto& deadline : row_.deadlines) deadline.running = false;
  }

  RequestRow& row_;
  RequestBody& body_;
  domain::Instant at_;
  bool body_is_new_ = false;
  std::vector<RequestPhoto> used_;
};

std::string card(const RequestRow& row) {
  RowWriter card;
  card.id("id", row.id)
      .word("state", RequestState::Value_Name(row.state))
      .big_number("revision", row.revision)
      .sealed("title", title_field, row.title)
      .attribute(row.category)
      .organisation("organisation", row.organisation);
  card.text("category", row.category).time("submittedAt", row.submitted);
  if (row.closed.us != 0) card.time("closedAt", row.closed);
  if (const auto* const due = row.due()) {
    std::string value = "{\"kind\":\"";
    value.append(DeadlineKind::Value_Name(row.due_kind())).append("\",\"at\":");
    append_json_time(value, due->due);
    value.push_back('}');
    card.json("due", value);
  }
  // An enum's number may be one that this build has no name for.
  const auto& channel = domain::Channel::Value_Name(row.channel);
  card.flag("overdue", row.overdue()).word("channel", channel.empty() ? "unspecified" : channel);
  card.sealed("location", location_field, row.location);
  if (row.stars != 0) card.number("stars", row.stars);
  if (row.on_behalf) card.flag("onBehalf", true);
  return card.take();
}

/// What other rows follow from: noted before a commit changes the row.
struct Place {
  domain::Id organisation;
  RequestState::Value state;
  bool overdue;
  std::string listing;
  std::array<RequestDeadline, 4> deadlines;

  explicit Place(const RequestRow& row)
      : organisation(row.organisation),
        state(row.state),
        overdue(row.overdue()),
        listing(request_keys::listing(row)),
        deadlines(row.deadlines) {}
  bool counts_as(const Place& other) const {
    return organisation == other.organisation && state == other.state && overdue == other.overdue;
  }
};

void count(Batch& batch, const Place& place, int by) {
  const auto key = request_keys::counts(place.organisation);
  const auto* const stored = batch.get(key);
  auto counts = stored ? RequestCounts::decode(*stored) : RequestCounts{};
  if (!counts) return batch.fail("The counts of an organisation's requests do not parse.");
  auto& column = counts->columns[static_cast<std::size_t>(place.state)];
  column.count += static_cast<std::uint32_t>(by);
  if (place.overdue) column.overdue += static_cast<std::uint32_t>(by);
  batch.put(key, counts->encode());
}

void move_deadlines(Batch& batch, const domain::Id& id, const std::array<RequestDeadline, 4>& before,
                    const std::array<RequestDeadline, 4>& after) {
  for (std::size_t kind = 1; kind < after.size(); ++kind) {
    const auto& old = before[kind];
    const auto& now = after[kind];
    if (old.running && (!now.running || now.number != old.number))
      batch.erase(request_keys::deadline(old.due, id, old.number));
    if (now.running && (!old.running || now.number != old.number)) {
      batch.insert(request_keys::deadline(now.due, id, now.number), Encoder().number(kind).take());
    }
  }
}

void apply_part(const Commit& commit, const Part& part, Batch& batch) {
  const auto key = request_keys::row(part.id);
  // A stream's first commit has no row to look for.
  const bool is_new = part.first_revision == 0;
  RequestRow row;
  row.id = part.id;
  if (!is_new) {
    const auto* const stored = batch.get(key);
    auto decoded = stored ? RequestRow::decode(part.id, *stored) : std::nullopt;
    if (!decoded) return batch.fail("The row of request " + part.id.text() + " is missing or does not parse.");
    row = std::move(*decoded);
  }
  const auto before = is_new ? std::nullopt : std::optional<Place>(row);
  RequestBody body;
  Fold fold(row, body, commit);
  for (const auto& event : part.events) std::visit(fold, event);
  row.revision = part.revision();
  if (row.state == RequestState::unspecified || row.state >= static_cast<int>(request_states)) {
    return batch.fail("Request " + part.id.text() + " has events before it was submitted.");
  }

  const Place after(row);
  if (is_new) {
    batch.insert(key, row.encode());
    batch.insert(after.listing, card(row));
  } else {
    batch.put(key, row.encode());
    if (before->listing != after.listing) batch.erase(before->listing);
    batch.put(after.listing, card(row));
  }
  if (fold.body_is_new()) batch.insert(request_keys::body(part.id), body.encode());
  for (const auto& photo : fold.used())
    batch.put(request_keys::blob(photo.name, part.id), UploadUse{part.id, false, photo.key, photo.media_type}.encode());
  if (!before || !before->counts_as(after)) {
    if (before) count(batch, *before, -1);
    count(batch, after, 1);
  }
  move_deadlines(batch, part.id, before ? before->deadlines : std::array<RequestDeadline, 4>{}, after.deadlines);
}

}  // namespace

void RequestsProjection::apply(const Commit& commit, Batch& batch) const {
  for (const auto& part : commit.parts) {
    if (part.kind == StreamKind::request && !part.events.empty()) apply_part(commit, part, batch);
  }
}

}  // namespace pioneer::projections
