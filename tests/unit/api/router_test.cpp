#include "api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/failure.h"

namespace everbit::api {
namespace {

using testing::HasSubstr;

class Routes : public testing::Test {
 protected:
  Routes() {
    const auto named = [](std::string name) {
      return [name](const Call& call) {
        http::Response response;
        response.body = name;
        for (const auto& parameter : call.parameters) response.body += " " + parameter;
        response.body += " ?" + std::string(call.query);
        return response;
      };
    };
    router_.add("GET", "kill-switch", named("read"));
    router_.add("PUT", "kill-switch", named("change"));
    router_.add("POST", "positions/{market}/close", named("close"));
  }
  http::Response ask(std::string method, std::string target, std::string body = {},
                     std::string type = {}) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.content_type = std::move(type);
    return router_.answer(request);
  }

  Router router_;
};

TEST_F(Routes, LeadToTheirEndpointWithWhatStoodInThePath) {
  EXPECT_EQ(ask("GET", "/api/v2/kill-switch?a=b").body, "read ?a=b");
  EXPECT_EQ(ask("HEAD", "/api/v2/kill-switch").body, "read ?");
  EXPECT_EQ(ask("PUT", "/api/v2/kill-switch").body, "change ?");
  EXPECT_EQ(ask("POST", "/api/v2/positions/KRW-BTC/close").body, "close KRW-BTC ?");
}

TEST_F(Routes, NothingElseIsServed) {
  for (const char* target :
       {"/", "/api/v2/", "/api/v2", "/kill-switch", "/api/v2/kill-switch/", "/api/v2//kill-switch",
        "/api/v2/positions//close", "/api/v2/positions/a/b/close", "/api/v2/x/../kill-switch",
        "http://localhost/api/v2/kill-switch", ""}) {
    EXPECT_EQ(ask("GET", target).status, 404U) << target;
  }
}

TEST_F(Routes, AWrongMethodIsToldTheRightOnes) {
  const auto refused = ask("DELETE", "/api/v2/kill-switch");
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(refused.allow, "GET, HEAD, PUT");
}

TEST_F(Routes, ABodyMustSayThatItIsJson) {
  EXPECT_EQ(ask("PUT", "/api/v2/kill-switch", "{}", "text/plain").status, 415U);
  EXPECT_EQ(ask("PUT", "/api/v2/kill-switch", "{}").status, 415U);
  EXPECT_EQ(ask("PUT", "/api/v2/kill-switch", "{}", "application/json; charset=utf-8").status,
            200U);
}

TEST(Failure, IsOneOfPage50AndKeepsTheHostsWordsToItself) {
  EXPECT_EQ(failure({"UPBIT_BLOCKED_418", "x"}).status, 409U);
  const auto silent = failure({"DB_UNAVAILABLE", "host=secret"});
  EXPECT_EQ(silent.status, 503U);
  EXPECT_EQ(silent.retry_after, std::chrono::seconds(1));
  EXPECT_THAT(silent.body, HasSubstr(R"("details":{"retryAfter":1})"));
  EXPECT_EQ(silent.body.find("secret"), std::string::npos);
  EXPECT_EQ(failure({"WHATEVER", "x"}).status, 500U);
  EXPECT_EQ(parse_failure(silent.body).code, "DATABASE_UNAVAILABLE");
  EXPECT_EQ(parse_failure("<html>").code, "ADMIN_SILENT");
}

}  // namespace
}  // namespace everbit::api
