// What /healthz says of a server whose threads do not move.
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;

class Health : public WholeNode {};

TEST_F(Health, FailsWhileALoopOfTheServerIsStuck) {
  std::string stuck;
  service->stuck = [&] { return stuck; };
  EXPECT_EQ(get("/healthz", "").status, 200U);
  stuck = "loop";
  const auto refused = get("/healthz", "");
  EXPECT_EQ(refused.status, 503U) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("\"code\":\"stuck\""));
  EXPECT_THAT(refused.body, HasSubstr("loop"));
  EXPECT_EQ(get("/readyz", "").status, 200U);
  stuck.clear();
  EXPECT_EQ(get("/healthz", "").status, 200U);
}

}  // namespace
}  // namespace pioneer::api::http
