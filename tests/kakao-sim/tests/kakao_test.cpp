#include "kakao-sim/kakao.h"

#include <gmock/gmock.h>

#include "upbit-sim/base/text.h"
#include "upbit-sim/json/value.h"

namespace everbit::kakao_sim {
namespace {

using testing::HasSubstr;

constexpr const char* kUri = "http://localhost/api/v2/auth/callback";
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

Options options() {
  Options options;
  options.redirect_uris = {kUri};
  return options;
}

class KakaoTest : public testing::Test {
 protected:
  HttpResponse ask(const std::string& more) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/oauth/authorize";
    request.query = "client_id=" + kakao_.options.client_id +
                    "&redirect_uri=" + percent_encode(kUri) +
                    "&response_type=code&state=s&nonce=n" + more;
    return kakao_.handle(request, std::nullopt);
  }
  // The code out of the address that the browser is sent back to.
  std::string code() {
    const auto response = ask(std::string("&mock_user=123456789&code_challenge_method=S256&") +
                              "code_challenge=" + kChallenge);
    const std::string& location = response.headers.front().second;
    const auto start = location.find("code=") + 5;
    return location.substr(start, location.find('&', start) - start);
  }
  HttpResponse exchange(const std::string& code, const std::string& verifier = kVerifier) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/oauth/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = "grant_type=authorization_code&client_id=" + kakao_.options.client_id +
                   "&client_secret=" + kakao_.options.client_secret +
                   "&redirect_uri=" + percent_encode(kUri) + "&code=" + code +
                   "&code_verifier=" + verifier;
    return kakao_.handle(request, std::nullopt);
  }
  HttpResponse me(const std::string& token) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/v2/user/me";
    request.headers = {{"Authorization", "Bearer " + token}};
    return kakao_.handle(request, std::nullopt);
  }

  Kakao kakao_{options()};
};

TEST_F(KakaoTest, ALoginGoesFromTheAddressToTheUser) {
  const auto granted = exchange(code());
  ASSERT_EQ(granted.status, 200) << granted.body;
  const auto json = upbit_sim::Json::parse(granted.body);
  ASSERT_TRUE(json);
  const auto user = me(*json->string_at("access_token"));
  EXPECT_EQ(user.status, 200);
  EXPECT_THAT(user.body, HasSubstr("\"id\":123456789,"));
  EXPECT_THAT(*json->string_at("id_token"), HasSubstr("."));
}

TEST_F(KakaoTest, ACodeIsUsedOnceAndASecondUseTakesAwayWhatTheFirstGot) {
  const std::string given = code();
  const auto json = upbit_sim::Json::parse(exchange(given).body);
  const std::string token = *json->string_at("access_token");
  ASSERT_EQ(me(token).status, 200);
  const auto again = exchange(given);
  EXPECT_EQ(again.status, 400);
  EXPECT_THAT(again.body, HasSubstr("KOE320"));
  EXPECT_EQ(me(token).status, 401);
}

TEST_F(KakaoTest, AnotherVerifierGetsNothing) {
  EXPECT_THAT(exchange(code(), "x").body, HasSubstr("invalid_grant"));
  EXPECT_THAT(exchange(code(), "").body, HasSubstr("invalid_grant"));
}

TEST_F(KakaoTest, WhatIsWrongWithTheAppIsNeverSentBackToIt) {
  kakao_.options.redirect_uris = {"http://localhost/elsewhere"};
  EXPECT_THAT(ask("&mock_user=123456789").body, HasSubstr("KOE006"));
  kakao_.options.redirect_uris = {kUri};
  EXPECT_THAT(ask("&state=again").body, HasSubstr("KOE001")) << "a repeated parameter";
  kakao_.options.client_id = "another";
  EXPECT_EQ(ask("").status, 200) << "a page asks who it is";
}

TEST_F(KakaoTest, AUserWhoGivesUpIsSentBackWithTheState) {
  EXPECT_EQ(
      ask("&mock_action=deny").headers.front().second,
      std::string(kUri) + "?error=access_denied&error_description=User%20denied%20access&state=s");
}

TEST_F(KakaoTest, TheTwentyFirstTokenOfTenMinutesIsRefused) {
  for (int n = 0; n < 20; ++n) ASSERT_EQ(exchange(code()).status, 200);
  EXPECT_THAT(exchange(code()).body, HasSubstr("KOE237"));
  kakao_.moved = 600;
  EXPECT_EQ(exchange(code()).status, 200);
}

}  // namespace
}  // namespace everbit::kakao_sim
