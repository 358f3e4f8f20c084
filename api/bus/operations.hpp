// Operations by the names that programs call them by, and their messages. Pure; any thread.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string_view>

#include "api/http/routes.hpp"

namespace pioneer::api::bus {

/// The operation of this name in the table of routes, if it is offered here: all are but uploads, and what is a
/// browser's alone (its cookie). Null: there is none.
const http::Route* operation_named(std::string_view name);

/// An empty message of package pioneer.api. The name stands in the table of routes.
std::unique_ptr<google::protobuf::Message> new_message(std::string_view name);

/// What our own JSON of an answer says, as its message: it may hold what no client sends, such as an event's data.
/// False: it is not that message's.
bool read_answer(std::string_view json, google::protobuf::Message& into);

/// Nothing in it is unknown to us. What is unknown is taken out.
bool knows_all_of(google::protobuf::Message& message);

}  // namespace pioneer::api::bus
