// Requests for help, as they stand: a row each, cards in the order of boards, counts, and the clocks that run.
//
// Keys of the table, by their first byte:
//   r id                                → RequestRow, all but what is in b
//   b id                                → RequestBody: what does not change after submission
//   l organisation state late sort id   → the card (engine/row.hpp), in listing order: overdue first, then as due
//   c organisation                      → count and overdue of each state
//   d due id number                     → kind of a deadline that runs
//   p blob id                           → UploadUse: the request that uses an upload
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/requests/requests.pb.h"
#include "projections/engine/engine.hpp"
#include "projections/engine/row.hpp"
#include "projections/engine/upload_use.hpp"

namespace pioneer::projections {

/// States by number: unspecified (unused), then submitted to withdrawn.
inline constexpr std::size_t request_states = 8;

struct RequestDeadline {
  std::uint32_t number = 0;  ///< 0: never set
  domain::Instant due;
  bool running = false;
  bool passed = false;
};

struct RequestRow {
  domain::Id id;
  domain::RequestState::Value state = domain::RequestState::unspecified;
  std::uint64_t revision = 0;
  domain::Id organisation;  ///< the holder
  domain::Id submitted_to;
  domain::Id grant;  ///< of the official it was given to; zero: the organisation only
  domain::Id asker;  ///< pseudonym in its stream; zero: nobody
  domain::Id case_key;
  std::string category;
  domain::Channel::Value channel = domain::Channel::unspecified;
  bool imported = false;
  bool on_behalf = false;  ///< asked for somebody else
  domain::Instant submitted;
  // Zero: not yet, or not any more.
  domain::Instant accepted;
  domain::Instant resolved;
  domain::Instant closed;
  std::array<RequestDeadline, 4> deadlines;  ///< by DeadlineKind
  std::uint32_t stars = 0;                   ///< 0: not rated
  domain::Instant rated;
  std::uint64_t cause = 0;  ///< 1 + sequence of the causing commit; 0: none
  SealedValue title;
  SealedValue location;
  SealedValue comment;  ///< of the rating

  bool overdue() const;
  /// The clock that counts in this state; null: none.
  const RequestDeadline* due() const;
  domain::DeadlineKind::Value due_kind() const;
  std::string encode() const;
  static std::optional<RequestRow> decode(const domain::Id& id, std::string_view row);
};

struct RequestPhoto {
  std::string name;  ///< SHA-256 of the stored ciphertext, 32 bytes
  SealedValue key;
  std::string media_type;
};

struct RequestBody {
  SealedValue description;
  std::vector<RequestPhoto> photos;
  SealedValue beneficiary_name;
  SealedValue beneficiary_phone;
  // Of an imported one, in the source's words.
  std::string source;
  std::string source_number;
  std::string source_type;
  std::string source_status;

  std::string encode() const;
  static std::optional<RequestBody> decode(std::string_view row);
};

struct RequestCounts {
  struct Column {
    std::uint32_t count = 0;
    std::uint32_t overdue = 0;
  };
  std::array<Column, request_states> columns{};
  std::string encode() const;
  static std::optional<RequestCounts> decode(std::string_view row);
};

class RequestsProjection final : public Projection {
 public:
  std::string_view name() const override { return "requests"; }
  std::uint32_t version() const override { return 4; }
  void apply(const Commit& commit, Batch& batch) const override;
};

/// Keys of the table, for the read models that share it (boards, deadlines).
namespace request_keys {
inline constexpr std::size_t sort_bytes = 25;  ///< late (1), sort (8), id (16)
std::string row(const domain::Id& id);
std::string body(const domain::Id& id);
std::string counts(const domain::Id& organisation);
/// Of all cards of an organisation in a state.
std::string listing(const domain::Id& organisation, domain::RequestState::Value state);
std::string listing(const RequestRow& row);
std::string deadline(domain::Instant due, const domain::Id& request, std::uint32_t number);
/// Of all uses of an upload.
std::string blob(std::string_view name);
std::string blob(std::string_view name, const domain::Id& request);
}  // namespace request_keys

/// A card where it stands in a listing. `sort` orders cards over organisations.
struct RequestCard {
  domain::Id id;
  std::string sort;
  std::shared_ptr<const std::string> row;  ///< for render_row, with the stream "request/<id>"
};

/// Where a request's card stands now.
struct StandingCard {
  domain::Id organisation;
  domain::RequestState::Value state;
  RequestCard card;
};

struct RequestPage {
  std::vector<RequestCard> cards;
  std::string next;  ///< where to go on; empty: that was all
};

struct RequestFilter {
  /// All whose cards are wanted; merged ones, too, if theirs are.
  std::span<const domain::Id> organisations;
  /// One after the other, in this order; empty: all.
  std::span<const domain::RequestState::Value> states;
  std::string category;  ///< empty: any
  /// Asked about each card that passes the rest; absent: all are wanted.
  std::function<bool(const RequestCard&)> accept = {};
  std::size_t examined_max = 5'000;  ///< cards looked at for one page: bounds a query whose filter lets nothing pass
};

/// Queries. Any thread.
class Requests {
 public:
  explicit Requests(const Engine& engine) : rows_(engine.view("requests")) {}
  eventstore::Result<std::optional<RequestRow>> get(const domain::Id& id) const;
  /// Nothing where there is no such request.
  eventstore::Result<std::optional<StandingCard>> card(const domain::Id& id) const;
  eventstore::Result<std::optional<RequestBody>> body(const domain::Id& id) const;
  eventstore::Result<RequestCounts> counts(const domain::Id& organisation) const;
  /// Requests that use this upload (its name, 32 bytes), at most `limit`; none where no commit does.
  eventstore::Result<std::vector<UploadUse>> blob_uses(std::string_view name, std::size_t limit) const;
  /// At most `limit` cards in listing order from where `after` (a page's `next`, or empty) points to. A page may be
  /// short, or empty, with a `next`, when a filter lets few pass. A card that moves while one pages is at most missed
  /// or seen where it moved to, never twice at one place. Error "bad_cursor".
  eventstore::Result<RequestPage> page(const RequestFilter& filter, std::string_view after, std::size_t limit) const;

 private:
  const View& rows_;
};

}  // namespace pioneer::projections
