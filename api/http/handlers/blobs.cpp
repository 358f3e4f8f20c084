// Uploads: photos, voice messages and documents, which commands on requests and products then name.
#include <array>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "api/edge/checks.hpp"
#include "api/http/handlers/service.hpp"
#include "api/http/uploads.hpp"
#include "api/messages/views.pb.h"
#include "api/queries/blob_view.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "api/text/bytes.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"

namespace pioneer::api::http {
namespace {

/// Bodies that are read or wait to be encoded: bounds memory to a few hundred megabytes, whoever sends.
constexpr std::size_t open_max = 16;
/// Of those, one person's: a photo or two beside each other, and nobody keeps all others out.
constexpr std::size_t person_open_max = 4;
/// A person's uploads in an hour: several requests with all their photos.
constexpr std::uint32_t person_uploads_max = 60;
constexpr std::int64_t hour_us = 3600LL * 1'000'000;

/// Lets uploads in while there is room for them. Any thread.
class Gate : public std::enable_shared_from_this<Gate> {
 public:
  /// What the upload holds until it is over; null: there is no room.
  std::shared_ptr<void> enter(const domain::Id& person, std::int64_t now_us) {
    const std::lock_guard lock(mutex_);
    if (now_us / hour_us != hour_) {
      hour_ = now_us / hour_us;
      this_hour_.clear();
    }
    auto key = person.text();
    if (open_ >= open_max || this_hour_[key] >= person_uploads_max || open_of_[key] >= person_open_max) return nullptr;
    ++this_hour_[key];
    ++open_of_[key];
    ++open_;
    return {this, [gate = shared_from_this(), key = std::move(key)](void*) { gate->leave(key); }};
  }

 private:
  void leave(const std::string& person) {
    const std::lock_guard lock(mutex_);
    --open_;
    if (--open_of_[person] == 0) open_of_.erase(person);
  }

  std::mutex mutex_;
  std::size_t open_ = 0;
  std::int64_t hour_ = 0;
  std::unordered_map<std::string, std::uint32_t> this_hour_;
  std::unordered_map<std::string, std::size_t> open_of_;
};

void keep(const Service& service, const Incoming& incoming) {
  const auto upload = accept_upload(incoming.request.body, *service.photos, *service.media);
  if (!upload) return incoming.problem({.code = upload.error().code, .detail = upload.error().sentence});
  const auto now_us = service.node.clock().now().value;
  const auto name = service.blobs->put(upload->bytes, upload->media_type, now_us);
  if (!name) return incoming.fail(name.error());
  BlobView view;
  view.set_blob(hex(*name));
  view.set_media_type(std::string(upload->media_type));
  view.set_bytes(static_cast<std::uint32_t>(upload->bytes.size()));
  queries::set_time(*view.mutable_expires(), now_us + blob_unused_us_max);
  incoming.view(view);
}

/// Whether this upload is let in: asked when its header is read and nothing of its body.
std::shared_ptr<void> admit(const Service& service, Gate& gate, const Incoming& incoming) {
  const auto caller = identify(service, incoming);
  if (!caller) return nullptr;
  if (!caller->sender) {
    incoming.problem({.code = "not_signed_in", .detail = domain::refusals::not_signed_in.sentence});
    return nullptr;
  }
  auto admitted = gate.enter(caller->sender->member, service.node.clock().now().value);
  if (!admitted) incoming.problem({.code = "blob_quota", .detail = "Please try again later.", .retry_after_s = 60});
  return admitted;
}

void upload(const Service& service, const std::shared_ptr<Gate>& gate, const IncomingPointer& incoming) {
  auto& admitted = incoming->request.admitted;
  if (!admitted) admitted = admit(service, *gate, *incoming);  // no server asked before
  if (!admitted) return;
  auto& executor = service.uploads != nullptr ? *service.uploads : service.executor;
  const bool taken = executor.run([&service, incoming] {
    try {
      keep(service, *incoming);
    } catch (const std::exception&) {
      incoming->problem({.code = "internal"});
    }
  });
  if (!taken) refuse_full(*incoming);
}

/// The media type as a static text: only what uploads are made to be goes out under its own name.
std::string_view served_type(std::string_view media_type) {
  static constexpr std::array known{std::string_view("image/jpeg"), std::string_view("audio/ogg"),
                                    std::string_view("audio/webm"), std::string_view("audio/mp4"),
                                    std::string_view("application/pdf")};
  for (const auto type : known)
    if (type == media_type) return type;
  return "application/octet-stream";
}

void download(const Service& service, const Incoming& incoming, const node::Caller& caller) {
  const auto name = checks::hash(incoming.path[0], "blob");
  if (!name) return incoming.refuse(domain::refuse_missing(caller.actor).error());
  const auto place = queries::blob_place(service.node, caller, *name);
  if (!place) return incoming.refuse(place.error());
  // A key that is gone leaves nothing to show: its person was erased.
  const auto key = service.node.edge().opener().open_upload_key(place->key, place->stream, place->field);
  if (!key) return incoming.refuse(domain::refuse_missing(caller.actor).error());
  const auto opened = service.blobs->read(*name, *key);
  if (!opened) return incoming.fail(opened.error());
  if (!*opened) return incoming.refuse(domain::refuse_missing(caller.actor).error());
  HttpResponse response{.content_type = served_type(place->media_type), .fixed = upload_headers};
  const bool shown = response.content_type.starts_with("image/") || response.content_type.starts_with("audio/");
  response.headers.push_back({"Content-Disposition", shown ? "inline" : "attachment"});
  queries::OpenedField into([&response](std::string bytes) { response.body = std::move(bytes); });
  (*opened)->reveal_to(into);
  incoming.responder.respond(std::move(response));
}

}  // namespace

void register_blobs(Router& router, const Service& service) {
  if (service.blobs == nullptr || service.photos == nullptr || service.media == nullptr) return;
  const auto gate = std::make_shared<Gate>();
  router.before_body(Operation::post_blob,
                     [&service, gate](const Incoming& incoming) { return admit(service, *gate, incoming); });
  router.on(Operation::post_blob,
            [&service, gate](const IncomingPointer& incoming) { upload(service, gate, incoming); });
  router.on(Operation::get_blob, [&service](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming](const node::Caller& caller) { download(service, *incoming, caller); });
  });
}

}  // namespace pioneer::api::http
