// A ticket's way: claimed on a phone, read at the door without a connection, uploaded twice.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Door : public WholeNode {
 protected:
  Door() {
    const auto made =
        post("/api/v1/products", R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + city +
                                     R"(","sessions":[{"starts":"2020-01-01T08:00:00Z","ends":"2090-01-01T10:00:00Z",)"
                                     R"("venue":"社区中心"}],"capacity":20,"maxPerMember":4,"waitlist":true,)"
                                     R"("closesAt":"2090-01-01T09:00:00Z"})");
    product = "/api/v1/products/" + field(made.body, "id");
    EXPECT_EQ(post(product + "/publish", "{}").status, 200U);
    holder = member_with_token("林玉兰");
  }

  std::string ticket(int places) {
    const auto placed = post(product + "/claims", R"({"places":)" + std::to_string(places) + "}", holder);
    EXPECT_EQ(placed.status, 201U) << placed.body;
    claim = product + "/claims/" + field(placed.body, "claimId");
    return field(get(claim, holder).body, "ticket");
  }
  HttpResponse check_in(std::initializer_list<std::string> read, const std::string& as) {
    std::string list;
    for (const auto& one : read) list += (list.empty() ? "" : ",") + (R"({"ticket":")" + one + "\"}");
    return post(product + "/check-ins", R"({"tickets":[)" + list + "]}", as);
  }

  std::string product, holder, claim;
};

TEST_F(Door, LetsATicketInHoweverOftenItIsUploaded) {
  const auto one = ticket(2);
  EXPECT_THAT(one, StartsWith("P1"));
  for (int upload = 0; upload < 2; ++upload) {
    const auto answer = check_in({one}, token);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(R"("outcome":"checked_in")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("places":2)"));
  }
  EXPECT_THAT(get(claim, holder).body, HasSubstr(R"("state":"checked_in")"));
}

TEST_F(Door, TellsEachTicketApart) {
  const auto good = ticket(1);
  auto changed = good;
  changed[10] = changed[10] == 'A' ? 'B' : 'A';
  const auto answer = check_in({"P1nonsense", good, changed, good}, token);
  ASSERT_EQ(answer.status, 200U) << answer.body;
  const auto first = answer.body.find("not_a_ticket"), second = answer.body.find("not_a_ticket", first + 1);
  EXPECT_NE(second, std::string::npos);
  EXPECT_EQ(answer.body.find("not_a_ticket", second + 1), std::string::npos);
}

TEST_F(Door, IsForCadresAndForSomeTickets) {
  const auto one = ticket(1);
  EXPECT_EQ(check_in({one}, holder).status, 403U);
  EXPECT_EQ(check_in({one}, "").status, 401U);
  EXPECT_EQ(check_in({}, token).status, 422U);
}

TEST_F(Door, ShowsATicketToItsOwnerOnly) {
  const auto one = ticket(1);
  EXPECT_THAT(get("/api/v1/me/claims", holder).body, HasSubstr(one));
  EXPECT_THAT(get(claim).body, Not(HasSubstr("\"ticket\"")));
  EXPECT_THAT(get(product + "/claims").body, Not(HasSubstr("\"ticket\"")));
  EXPECT_THAT(get("/api/v1/tickets/key", "").body, HasSubstr(R"("key":"a2tr)"));
}

TEST_F(Door, PutsSessionsIntoACalendar) {
  ticket(1);
  ticket(1);
  for (const auto& path : {product + "/calendar.ics", std::string("/api/v1/me/claims/calendar.ics")}) {
    const auto answer = get(path, holder);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    EXPECT_EQ(answer.content_type, "text/calendar; charset=utf-8");
    EXPECT_THAT(answer.body, HasSubstr("DTSTART:20200101T080000Z\r\n"));
    EXPECT_THAT(answer.body, HasSubstr("SUMMARY:陶艺课\r\n"));
    const auto first = answer.body.find("BEGIN:VEVENT");
    EXPECT_EQ(answer.body.find("BEGIN:VEVENT", first + 1), std::string::npos) << "a product stands there once";
  }
  EXPECT_EQ(get("/api/v1/me/claims/calendar.ics", "").status, 401U);
}

}  // namespace
}  // namespace pioneer::api::http
