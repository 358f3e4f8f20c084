// What officials see of a request that its asker's neighbours do not: for whom it is, and which of them has it.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Officials : public WholeNode {
 protected:
  std::string cadre(const std::string& name) {
    const auto id =
        field(post("/api/v1/members", R"({"name":")" + name + R"(","organisation":")" + city + R"("})").body, "id");
    const auto granted =
        post("/api/v1/members/" + id + "/roles", R"({"role":"cadre","organisation":")" + city + R"("})");
    EXPECT_EQ(granted.status, 200U) << granted.body;
    return id;
  }
  std::string for_a_neighbour(const std::string& asker) {
    const auto made = post("/api/v1/requests",
                           R"({"title":"漏水","description":"厨房","category":"repair","onBehalfOf":{"name":"王奶奶"},)"
                           R"("organisation":")" +
                               city + R"("})",
                           asker);
    EXPECT_EQ(made.status, 201U) << made.body;
    return "/api/v1/requests/" + field(made.body, "id");
  }
};

TEST_F(Officials, SeeOnCardsThatItIsForSomebodyElse) {
  const auto member = member_with_token("张三");
  const auto request = for_a_neighbour(member);
  const auto marked = HasSubstr(R"("onBehalf":true)");
  for (const auto& list : {get("/api/v1/boards/" + city), get("/api/v1/requests?organisation=" + city),
                           get("/api/v1/me/requests", member)}) {
    EXPECT_THAT(list.body, marked);
    EXPECT_THAT(list.body, Not(HasSubstr("王奶奶")));
  }
  EXPECT_EQ(post(request + "/accept", "{}").status, 200U);
  EXPECT_THAT(get("/api/v1/boards/" + city).body, marked);
}

TEST_F(Officials, SeeWhichOfThemHasIt) {
  const auto official = cadre("李师傅");
  const auto member = member_with_token("张三");
  const auto request = for_a_neighbour(member);
  EXPECT_THAT(get(request).body, Not(HasSubstr("officialName")));
  const auto given = post(request + "/assign", R"({"organisation":")" + city + R"(","member":")" + official + R"("})");
  ASSERT_EQ(given.status, 200U) << given.body;
  EXPECT_THAT(get(request).body, HasSubstr(R"("officialName":"李师傅")"));
  // Who asked sees the organisation that has it.
  EXPECT_THAT(get(request, member).body, Not(HasSubstr("李师傅")));
}

TEST_F(Officials, FindWhoeverIsRegisteredByTheirNumberAndNobodyElseDoes) {
  const auto made =
      post("/api/v1/members", R"({"name":"王奶奶","phone":"13912345678","organisation":")" + city + R"("})");
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto find = [&](const std::string& phone, std::optional<std::string> as = {}) {
    return post("/api/v1/members/find", R"({"phone":")" + phone + R"("})", std::move(as));
  };
  const auto before = deployment->node().log().end().value;
  const auto found = find("+86 139-1234-5678");
  ASSERT_EQ(found.status, 200U) << found.body;
  EXPECT_EQ(field(found.body, "id"), field(made.body, "id"));
  EXPECT_EQ(field(found.body, "name"), "王奶奶");
  EXPECT_GT(deployment->node().log().end().value, before) << "who looked is noted";
  EXPECT_EQ(find("13912345679").status, 404U);
  EXPECT_EQ(find("none").status, 400U);
  EXPECT_EQ(find("13912345678", member_with_token("张三")).status, 404U);
  EXPECT_EQ(find("13912345678", "").status, 401U);
}

}  // namespace
}  // namespace pioneer::api::http
