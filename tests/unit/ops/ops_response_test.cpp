#include "ops/ops_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everbit::ops {
namespace {

using testing::HasSubstr;

class Router : public testing::Test {
 protected:
  unsigned status(std::string_view host, std::string_view method = "GET",
                  std::string_view target = "/health/live") const {
    return router_.answer(method, target, host, 1).status;
  }

  Health health_;
  OpsRouter router_{health_, [] { return std::string("up 1\n"); }, {"everbit.internal"}};
};

TEST_F(Router, AnswersOnlyToItsOwnNames) {
  for (const char* host : {"localhost", "localhost:9464", "LocalHost", "127.0.0.1", "[::1]",
                           "[::1]:9464", "everbit.internal", "EVERBIT.internal:1"}) {
    EXPECT_EQ(status(host), 200U) << host;
  }
  for (const char* host : {"evil.example", "evil.example:9464", "", ":9464",
                           "localhost.evil.example", "localhost:", "localhost:9464x",
                           "localhost:123456", "127.0.0.1@evil", "::1", "localhost "}) {
    EXPECT_EQ(status(host), 421U) << host;
  }
}

TEST_F(Router, OneHostHeaderAndNoMore) {
  EXPECT_EQ(router_.answer("GET", "/metrics", "", 0).status, 421U);
  EXPECT_EQ(router_.answer("GET", "/metrics", "localhost", 2).status, 400U);
}

TEST_F(Router, TheListOfHostsCanChange) {
  router_.set_hosts({"other"});
  EXPECT_EQ(status("everbit.internal"), 421U);
  EXPECT_EQ(status("other"), 200U);
}

TEST_F(Router, ServesNothingElse) {
  EXPECT_EQ(status("localhost", "GET", "/"), 404U);
  EXPECT_EQ(status("localhost", "GET", "/metrics/"), 404U);
  EXPECT_EQ(status("localhost", "GET", "http://localhost/metrics"), 404U);
  EXPECT_EQ(status("localhost", "GET", "/api/v2/../metrics"), 404U);
  EXPECT_EQ(status("localhost", "GET", "/metrics?x=1"), 200U);
  const auto refused = router_.answer("POST", "/metrics", "localhost", 1);
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(refused.allow, "GET, HEAD");
  EXPECT_THAT(refused.body, HasSubstr(R"("reasonCode":"METHOD_NOT_ALLOWED","details":null)"));
}

TEST_F(Router, StateIsTheStatusCode) {
  health_.set("database", false, "no answer");
  EXPECT_EQ(status("localhost", "GET", "/health/ready"), 503U);
  health_.set("database", true);
  EXPECT_EQ(status("localhost", "GET", "/health/ready"), 200U);
  health_.set_dead("x");
  EXPECT_EQ(status("localhost"), 503U);
}

}  // namespace
}  // namespace everbit::ops
