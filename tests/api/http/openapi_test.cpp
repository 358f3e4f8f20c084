// The OpenAPI document: whole, and in step with the routes.
#include "api/http/openapi.hpp"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "api/http/routes.hpp"

namespace pioneer::api::http {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

class OpenApi : public testing::Test {
 protected:
  OpenApi() { EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(openapi_document("1.2.3"), &document).ok()); }

  static const Struct& at(const Struct& in, const std::string& name) {
    const auto found = in.fields().find(name);
    EXPECT_NE(found, in.fields().end()) << name;
    static const Struct nothing;
    return found == in.fields().end() ? nothing : found->second.struct_value();
  }
  static void walk(const Value& value, const std::function<void(const Struct&)>& visit) {
    if (value.has_struct_value()) {
      visit(value.struct_value());
      for (const auto& [name, inner] : value.struct_value().fields()) walk(inner, visit);
    }
    for (const auto& inner : value.list_value().values()) walk(inner, visit);
  }

  Struct document;
};

TEST_F(OpenApi, SaysWhatItIs) {
  EXPECT_EQ(document.fields().at("openapi").string_value(), "3.1.0");
  EXPECT_EQ(at(document, "info").fields().at("version").string_value(), "1.2.3");
}

TEST_F(OpenApi, HasEveryRouteAndNothingElse) {
  const auto& paths = at(document, "paths");
  std::size_t operations = 0;
  for (const auto& [path, item] : paths.fields()) operations += item.struct_value().fields_size();
  EXPECT_EQ(operations, operation_count);
  std::set<std::string> ids;
  for (const auto& route : routes()) {
    const auto& operation = at(at(paths, std::string(route.pattern)), route.method == Method::get ? "get" : "post");
    EXPECT_TRUE(ids.insert(operation.fields().at("operationId").string_value()).second) << route.pattern;
    const auto& answers = at(operation, "responses");
    EXPECT_TRUE(answers.fields().contains(std::to_string(route.status))) << route.pattern;
    EXPECT_TRUE(answers.fields().contains("default")) << route.pattern;
    EXPECT_EQ(operation.fields().contains("requestBody"), route.method == Method::post) << route.pattern;
  }
}

TEST_F(OpenApi, DescribesEachValueInAPath) {
  for (const auto& [path, item] : at(document, "paths").fields()) {
    for (const auto& [method, operation] : item.struct_value().fields()) {
      std::set<std::string> described, in_path;
      for (const auto& p : operation.struct_value().fields().at("parameters").list_value().values())
        if (p.struct_value().fields().at("in").string_value() == "path")
          described.insert(p.struct_value().fields().at("name").string_value());
      for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1))
        in_path.insert(path.substr(open + 1, path.find('}', open) - open - 1));
      EXPECT_EQ(described, in_path) << path;
    }
  }
}

TEST_F(OpenApi, ResolvesEveryReference) {
  Value whole;
  *whole.mutable_struct_value() = document;
  const auto& schemas = at(at(document, "components"), "schemas");
  std::set<std::string> used;
  walk(whole, [&](const Struct& object) {
    const auto ref = object.fields().find("$ref");
    if (ref == object.fields().end()) return;
    const std::string prefix = "#/components/schemas/";
    ASSERT_TRUE(ref->second.string_value().starts_with(prefix));
    const auto name = ref->second.string_value().substr(prefix.size());
    EXPECT_TRUE(schemas.fields().contains(name)) << name;
    used.insert(name);
  });
  EXPECT_EQ(used.size(), schemas.fields_size()) << "a schema that nothing refers to";
}

TEST_F(OpenApi, KnowsWordsTimesAndWhatIsAlwaysThere) {
  const auto& card = at(at(at(document, "components"), "schemas"), "RequestCard");
  EXPECT_EQ(at(at(card, "properties"), "submittedAt").fields().at("format").string_value(), "date-time");
  EXPECT_EQ(at(at(card, "properties"), "state").fields().at("enum").list_value().values_size(), 8);
  std::set<std::string> required;
  for (const auto& name : card.fields().at("required").list_value().values()) required.insert(name.string_value());
  EXPECT_TRUE(required.contains("overdue"));
  EXPECT_FALSE(required.contains("title"));
}

TEST_F(OpenApi, IsTheSameEachTime) { EXPECT_EQ(openapi_document("1"), openapi_document("1")); }

TEST_F(OpenApi, AsksForNoPermissionWhereAnyoneMay) {
  const auto& open = at(at(at(document, "paths"), "/api/v1/categories"), "get");
  EXPECT_TRUE(open.fields().contains("security"));
  const auto& closed = at(at(at(document, "paths"), "/api/v1/log"), "get");
  EXPECT_FALSE(closed.fields().contains("security"));
}

}  // namespace
}  // namespace pioneer::api::http
