#include "api/http/openapi.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <map>
#include <set>

#include "api/http/json.hpp"
#include "api/http/routes.hpp"
#include "api/messages/audit_views.pb.h"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
#include "api/text/words.hpp"
#include "eventstore/check.hpp"

namespace pioneer::api::http {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::Struct;

void put(Struct& into, const std::string& name, std::string_view text) {
  (*into.mutable_fields())[name].set_string_value(std::string(text));
}
void put(Struct& into, const std::string& name, const char* text) { put(into, name, std::string_view(text)); }
void put(Struct& into, const std::string& name, bool is) { (*into.mutable_fields())[name].set_bool_value(is); }
void put_number(Struct& into, const std::string& name, double number) {
  (*into.mutable_fields())[name].set_number_value(number);
}
Struct& object(Struct& into, const std::string& name) { return *(*into.mutable_fields())[name].mutable_struct_value(); }
ListValue& list(Struct& into, const std::string& name) { return *(*into.mutable_fields())[name].mutable_list_value(); }

void refer(Struct& into, std::string_view message) {
  put(into, "$ref", "#/components/schemas/" + std::string(message));
}

/// The schemas of a message and of all that it holds.
class Schemas {
 public:
  void need(std::string_view message) {
    const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("pioneer.api." +
                                                                                                 std::string(message));
    CHECK(type != nullptr);  // the table of routes names a message that there is not
    need(*type);
  }

  void write(Struct& into) const {
    for (const auto& [name, type] : needed_) schema(object(into, name), *type);
  }

 private:
  void need(const Descriptor& type) {
    if (!needed_.emplace(type.name(), &type).second) return;
    for (int i = 0; i < type.field_count(); ++i) {
      const auto* inner = type.field(i)->message_type();
      if (inner != nullptr && inner != google::protobuf::Timestamp::descriptor() && inner != Struct::descriptor())
        need(*inner);
    }
  }

  static void schema(Struct& into, const Descriptor& type) {
    put(into, "type", "object");
    const bool body = type.name().ends_with("Body") || type.name() == "Place" || type.name() == "Beneficiary";
    if (body) put(into, "additionalProperties", false);
    auto& properties = object(into, "properties");
    std::set<std::string> always;
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      auto& property = object(properties, field.json_name());
      if (field.is_repeated()) {
        put(property, "type", "array");
        value(object(property, "items"), field);
      } else {
        value(property, field);
      }
      if (!field.has_presence()) always.insert(field.json_name());
    }
    if (!body && !always.empty())
      for (const auto& name : always) list(into, "required").add_values()->set_string_value(name);
  }

  static void value(Struct& into, const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_UINT32:
        put(into, "type", "integer");
        put_number(into, "minimum", 0);
        put_number(into, "maximum", 4294967295.0);
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        put(into, "type", "integer");
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
      case FieldDescriptor::CPPTYPE_INT64:
        put(into, "type", "string");
        put(into, "pattern", field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64 ? "^[0-9]+$" : "^-?[0-9]+$");
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        put(into, "type", "number");
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        put(into, "type", "boolean");
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        put(into, "type", "string");
        return;
      case FieldDescriptor::CPPTYPE_ENUM: {
        put(into, "type", "string");
        auto& words = list(into, "enum");
        for (int i = 0; i < field.enum_type()->value_count(); ++i)
          words.add_values()->set_string_value(std::string(word_of(*field.enum_type()->value(i))));
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
    if (field.message_type() == google::protobuf::Timestamp::descriptor()) {
      put(into, "type", "string");
      put(into, "format", "date-time");
    } else if (field.message_type() == Struct::descriptor()) {
      put(into, "type", "object");
    } else {
      refer(into, field.message_type()->name());
    }
  }

  std::map<std::string, const Descriptor*> needed_;
};

Struct& parameter(ListValue& into, std::string_view name, const char* where, bool required) {
  auto& p = *into.add_values()->mutable_struct_value();
  put(p, "name", name);
  put(p, "in", where);
  put(p, "required", required);
  return p;
}

void query_schema(Struct& into, ParameterKind kind) {
  put(into, "type", kind == ParameterKind::integer ? "integer" : kind == ParameterKind::boolean ? "boolean" : "string");
  if (kind == ParameterKind::instant) put(into, "format", "date-time");
}

void parameters(Struct& operation, const Route& route) {
  auto& all = list(operation, "parameters");
  for (auto open = route.pattern.find('{'); open != std::string_view::npos; open = route.pattern.find('{', open + 1)) {
    const auto name = route.pattern.substr(open + 1, route.pattern.find('}', open) - open - 1);
    put(object(parameter(all, name, "path", true), "schema"), "type", "string");
  }
  for (const auto& q : route.query) {
    auto& p = parameter(all, q.name, "query", false);
    put(p, "description", q.text);
    query_schema(object(p, "schema"), q.kind);
  }
  const auto header = [&](const char* name, const char* meaning) {
    auto& p = parameter(all, name, "header", false);
    put(p, "description", meaning);
    put(object(p, "schema"), "type", "string");
  };
  if (route.method == Method::post) {
    header("Idempotency-Key", "A UUID or ULID: the same command again gets the first outcome");
    header("If-Match", "The revision as in ETag: refused with 412 when it has changed");
    header(
        "Pioneer-Receipt",
        "refusal: where a rule refuses it (409), that stands in the log, and the answer's Pioneer-Position says where; "
        "the "
        "same command again is then refused again. promise: the answer carries a signed Pioneer-Promise of when it is "
        "in the log. Or both, separated by a comma");
  } else if (route.personal) {
    header("Pioneer-Position", "Answer when this position is projected; 503 `not_yet_projected` after 2 s");
  }
}

bool is_plain_text(const Route& route) {
  return route.answers == AnswerKind::text && route.operation != Operation::get_openapi;
}

void responses(Struct& operation, const Route& route) {
  auto& all = object(operation, "responses");
  auto& good = object(all, std::to_string(route.status));
  put(good, "description", "Done");
  const char* type = route.answers == AnswerKind::events     ? "text/event-stream"
                     : route.answers == AnswerKind::bytes    ? "application/octet-stream"
                     : route.answers == AnswerKind::calendar ? "text/calendar"
                     : is_plain_text(route)                  ? "text/plain"
                                                             : "application/json";
  auto& schema = object(object(object(good, "content"), type), "schema");
  if (!route.view.empty())
    refer(schema, route.view);
  else
    put(schema, "type", route.operation == Operation::get_openapi ? "object" : "string");
  if (route.method == Method::post) {
    for (const auto* name : {"ETag", "Pioneer-Position", "Pioneer-Promise"})
      put(object(object(object(good, "headers"), name), "schema"), "type", "string");
  }
  auto& bad = object(all, "default");
  put(bad, "description", "Refused, or not possible now");
  refer(object(object(object(bad, "content"), "application/problem+json"), "schema"), "ProblemView");
}

void operation_of(Struct& into, const Route& route) {
  put(into, "operationId", route.name());
  put(into, "summary", route.summary);
  list(into, "tags").add_values()->set_string_value(std::string(route.tag));
  parameters(into, route);
  if (!route.body.empty()) {
    auto& body = object(into, "requestBody");
    put(body, "required", route.body != "EmptyBody");
    refer(object(object(object(body, "content"), "application/json"), "schema"), route.body);
  } else if (route.method == Method::post) {
    auto& body = object(into, "requestBody");
    put(body, "required", true);
    put(object(object(object(body, "content"), "*/*"), "schema"), "type", "string");
  }
  responses(into, route);
  if (domain::permission(route.action).anyone) {
    list(into, "security").add_values()->mutable_struct_value();  // also without
  }
}

}  // namespace

std::string openapi_document(const std::string& version) {
  // Only handlers use them, and a program without those would not have their descriptors.
  google::protobuf::LinkMessageReflection<LogStateView>();
  Struct document;
  put(document, "openapi", "3.1.0");
  auto& about = object(document, "info");
  put(about, "title", "Pioneer");
  put(about, "version", version);
  put(about, "description", "A community asks for help, offers help, and can prove what became of both.");
  Schemas schemas;
  schemas.need("ProblemView");
  auto& paths = object(document, "paths");
  for (const auto& route : routes()) {
    operation_of(object(object(paths, std::string(route.pattern)), route.method == Method::get ? "get" : "post"),
                 route);
    if (!route.body.empty()) schemas.need(route.body);
    if (!route.view.empty()) schemas.need(route.view);
  }
  auto& components = object(document, "components");
  schemas.write(object(components, "schemas"));
  auto& bearer = object(object(components, "securitySchemes"), "bearer");
  put(bearer, "type", "http");
  put(bearer, "scheme", "bearer");
  auto& session = object(object(components, "securitySchemes"), "session");
  put(session, "type", "apiKey");
  put(session, "in", "cookie");
  put(session, "name", "__Host-pioneer");
  auto& security = list(document, "security");
  list(*security.add_values()->mutable_struct_value(), "bearer");
  list(*security.add_values()->mutable_struct_value(), "session");
  return to_json(document);
}

}  // namespace pioneer::api::http
