// What handlers work with, and the three ways they work: a command, a query, an answer that opened personal fields.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/edge/edge.hpp"
#include "api/http/event_hub.hpp"
#include "api/http/handlers/past.hpp"
#include "api/http/incoming.hpp"
#include "api/http/router.hpp"
#include "api/node/node.hpp"
#include "api/ports/blobs.hpp"
#include "api/ports/media.hpp"
#include "api/ports/metrics.hpp"
#include "api/ports/photos.hpp"
#include "api/ports/sign_in.hpp"
#include "api/queries/answer.hpp"
#include "api/queries/product_view.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/ports/executor.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::api {
class CheckpointWatch;
class Checkpoints;
class Contradictions;
class Cosignatures;
class Signer;
class Stamps;
}  // namespace pioneer::api

namespace pioneer::api::http {

class FetchNotes;
class SessionUses;
class Tickets;

/// Outlives the server.
struct Service {
  node::Node& node;
  eventstore::Executor& executor;  ///< queries run here: they read from disk, and loops must not wait
  eventstore::Random& random;
  EventHub* events = nullptr;  ///< absent: /events is not offered
  Past* past = nullptr;        ///< absent: `asOf` is not offered but for requests and streams
  Blobs* blobs = nullptr;      ///< absent, or without `photos` and `media`: uploads are not offered
  Photos* photos = nullptr;
  Media* media = nullptr;
  eventstore::Executor* uploads = nullptr;  ///< photos are encoded here; absent: where queries run
  Metrics* metrics = nullptr;               ///< absent: /metrics is not offered
  std::string version = {};                 ///< of the build
  std::string engine = "embedded";
  std::string durability = "disk";
  std::string log_id = {};                                 ///< hexadecimal
  std::optional<eventstore::ContinuedLog> continues = {};  ///< nothing: the log began by itself
  std::uint32_t format = 0;                                ///< of the log
  std::uint32_t feature_level = 0;
  std::string openapi = {};                           ///< the document, made once
  std::string origin = {};                            ///< "https://…": how browsers reach us, for links
  const Checkpoints* checkpoints = nullptr;           ///< absent: the log is not offered as tiles
  const CheckpointWatch* checkpoint_watch = nullptr;  ///< absent: nobody watches how signing goes
  const Contradictions* contradictions = nullptr;     ///< absent: nobody asks witnesses
  const Cosignatures* cosignatures = nullptr;         ///< absent: nobody is asked for any
  const Stamps* stamps = nullptr;                     ///< absent: no time stamps are offered
  const Signer* signer = nullptr;                     ///< absent: no promise is given
  std::string key_history = {};                       ///< a signed note; empty: it is not offered
  const Tickets* tickets = nullptr;                   ///< absent: claims show none, and none is checked
  SessionUses* uses = nullptr;                        ///< absent: nobody notes when a session was used
  FetchNotes* fetches = nullptr;                      ///< absent: each bundle of entries asks the Writer
  SignInWay* sign_in = nullptr;                       ///< absent: one-time codes are the only way in
  /// Takes over a request whose command another node is to carry out. Absent: there is no other node.
  std::function<void(const IncomingPointer&)> elsewhere = {};
  /// What of the server has not moved for too long, for /healthz; empty: nothing has. Absent: nobody looks.
  std::function<std::string()> stuck = {};
};

/// The log that this one goes on from, if it does.
template <class View>
void show_continued(const Service& service, View& view) {
  if (!service.continues) return;
  auto& shown = *view.mutable_continues();
  shown.set_log_id(hex(service.continues->log_id.view()));
  shown.set_size(service.continues->size);
  shown.set_root(hex(service.continues->root.view()));
}

/// All handlers; `service` outlives the router.
void register_handlers(Router& router, const Service& service);

// Groups, one file each.
void register_organisations(Router& router, const Service& service);
void register_members(Router& router, const Service& service);
void register_sessions(Router& router, const Service& service);
void register_requests(Router& router, const Service& service);
void register_boards(Router& router, const Service& service);
void register_supermarket(Router& router, const Service& service);
void register_tickets(Router& router, const Service& service);
void register_live(Router& router, const Service& service);
void register_blobs(Router& router, const Service& service);
void register_history(Router& router, const Service& service);
void register_audit(Router& router, const Service& service);
void register_receipts(Router& router, const Service& service);
void register_operations(Router& router, const Service& service);

/// Whoever the credentials name. A token that names nobody is answered 401 `token_invalid`: then nothing. So is a
/// cookie (`session_ended`), but where nobody need be signed in it counts as none: a script cannot take it off.
std::optional<node::Caller> identify(const Service& service, const Incoming& incoming);

using Make = std::function<Commanded(Edge& edge, const Call& call)>;
/// On the executor, when what the command did is projected.
using Show = std::function<void(const node::Caller& caller, const node::Outcome& outcome)>;

/// Sends the command that `make` builds. `show` answers when it is accepted, or was before; everything else is answered
/// here.
void send(const Service& service, const IncomingPointer& incoming, const Make& make, Show show);
/// As whom `caller` says, whatever the credentials are; nothing: that was answered already.
void send_as(const Service& service, const IncomingPointer& incoming, std::optional<node::Caller> caller,
             const Make& make, Show show);
/// Without waiting for the projection: `show` runs on the node's thread and must not block.
void send_at_once(const Service& service, const IncomingPointer& incoming, const Make& make, Show show);

/// How a group of calls shows what its commands changed.
using Shown = Show (*)(const Service& service, const IncomingPointer& incoming);

/// A command on what the path names, with a body: `edged` is a function of the edge.
template <class Body>
Handler changes(const Service& service, Commanded (Edge::*edged)(const Call&, std::string_view, const Body&),
                Shown shown) {
  return [&service, edged, shown](const IncomingPointer& incoming) {
    Body body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming, [&](Edge& edge, const Call& call) { return (edge.*edged)(call, incoming->path[0], body); },
        shown(service, incoming));
  };
}
/// The same with an empty body.
Handler changes(const Service& service, Commanded (Edge::*edged)(const Call&, std::string_view), Shown shown);

/// As `send`, for what takes several commands: `carry_out` runs on the executor, where it may wait.
using CarryOut = std::function<node::Outcome(domain::Command command)>;
void send_in_steps(const Service& service, const IncomingPointer& incoming, const Make& make, CarryOut carry_out,
                   Show show);

/// Whether the work that answers may be refused (429 `queue_full`) when too much waits: not where a command is in the
/// log already, whose number the Writer bounds.
enum class Asked { query, promised };
/// Runs `work` on the executor once `position` is projected; answers 503 `not_yet_projected` where that takes too long.
void after_projection(const Service& service, const IncomingPointer& incoming, eventstore::Sequence position,
                      std::function<void()> work, Asked asked = Asked::query);

/// 429 `queue_full`: too much waits. Trying again in a moment can help.
void refuse_full(const Incoming& incoming);

/// On the executor, once the position that the request names is projected.
void query(const Service& service, const IncomingPointer& incoming,
           std::function<void(const node::Caller& caller)> answer);

/// Answers with the view after what it opened is journalled; without its personal fields where that cannot be.
void give_journalled(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                     std::shared_ptr<google::protobuf::Message> view, const queries::Journal& journal,
                     Standing standing);

template <class View>
void give(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
          queries::Answered<View> answered, std::optional<std::uint64_t> position = {}) {
  if (!answered) return incoming->refuse(answered.error());
  const Standing standing{.revision = answered->view.revision(), .position = position};
  if (answered->journal.subjects.empty()) return incoming->view(answered->view, standing);
  give_journalled(service, incoming, caller, std::make_shared<View>(std::move(answered->view)), answered->journal,
                  standing);
}

/// Gives records of the log, of which `entry` is one, to an auditor of this root, after the log says that they fetched
/// them (once a day and stretch: fetch_notes.hpp). Not where it cannot be written.
void give_noted(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                const domain::Id& root, std::uint64_t entry, std::function<void()> give);

template <class View>
void give(const IncomingPointer& incoming, const domain::Decided<View>& view, Standing standing = {}) {
  view ? incoming->view(*view, standing) : incoming->refuse(view.error());
}

/// What is sent for this caller.
Call call_of(const Incoming& incoming, const node::Caller& caller);
/// SHA-256 of a token, a code or a session's secret: what the log knows it by.
std::string hash_of(std::string_view secret);

/// The live read models, and tickets for the caller's own claims.
queries::MarketSource market(const Service& service);

/// How many outside signed what; `service.cosignatures` is there.
void show_witnessed(const Service& service, WitnessedView& view);

/// A UUID (version 4) for a command whose client sent none.
std::string new_command_id(eventstore::Random& random);

/// The id in a path; nothing (answered 404) if it is none.
std::optional<domain::Id> id_in_path(const Incoming& incoming, std::size_t index = 0);
/// An organisation by id or code; nothing where there is none.
std::optional<domain::Id> organisation_named(const Service& service, std::string_view id_or_code);
/// `true` or `false` in a parameter; `usual` where there is none; else (answered 400) nothing.
std::optional<bool> flag_in(const Incoming& incoming, std::string_view parameter, bool usual);
/// Answers 400: this parameter is not what it should be.
void malformed(const Incoming& incoming, std::string_view parameter, std::string_view sentence);
/// `limit=`; 1 to `most`, else (answered 400) nothing.
std::optional<std::size_t> limit_of(const Incoming& incoming, std::size_t usual, std::size_t most);

}  // namespace pioneer::api::http
