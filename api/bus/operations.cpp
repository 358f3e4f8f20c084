#include "api/bus/operations.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <string>

#include "api/messages/audit_views.pb.h"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
#include "eventstore/check.hpp"

namespace pioneer::api::bus {
namespace {

bool is_offered(const http::Route& route) {
  if (route.answers == http::AnswerKind::events || route.tag == "sessions") return false;
  return route.method == http::Method::get || !route.body.empty();
}

}  // namespace

const http::Route* operation_named(std::string_view name) {
  const auto all = http::routes();
  const auto found =
      std::ranges::find_if(all, [name](const http::Route& route) { return route.name() == name && is_offered(route); });
  return found == all.end() ? nullptr : &*found;
}

std::unique_ptr<google::protobuf::Message> new_message(std::string_view name) {
  // A program knows by name only the messages of files that something in it uses.
  static const std::array linked{EmptyBody::descriptor(), ProblemView::descriptor(), LogStateView::descriptor()};
  CHECK(linked.size() == 3);
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("pioneer.api." + std::string(name));
  CHECK(type != nullptr);
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

bool read_answer(std::string_view json, google::protobuf::Message& into) {
  return google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &into).ok();
}

bool knows_all_of(google::protobuf::Message& message) {
  const auto before = message.ByteSizeLong();
  message.DiscardUnknownFields();
  return message.ByteSizeLong() == before;
}

}  // namespace pioneer::api::bus
