#include "auth-kakao/id_token.h"

#include <gtest/gtest.h>

namespace everbit::auth_kakao {
namespace {

constexpr eb_ts kSecond = 1'000'000'000;

// A token of Kakao's shape, made with Node and verified with OpenSSL; its private key is gone.
const std::string kKeys =
    R"({"keys":[{"kid":"mock-kid-1","kty":"RSA","alg":"RS256","use":"sig","n":"qkfQL0fJEjKoB2a7iNkvupWdO8H188eTWuljO1wDR2-0ePbM-5tQeVqbH77IoNcuRCa7h-oWZqb2PJ_ZrRiRBdFzMeg69ovJX95nI24dNiK1zVArTuG5Hy4OcFB25PVepyLuCrdNmWStPdQJxuZoqNhCNqkYnfFQyc6DJ2E8UVPcJLwYwCFvWFOZ3dXpIm6bu-BcRZzXIc9_zW8SnGRHVoyPFvrgHH3ChuCo6HPXLW2DNXF6nHJSINEGqhMlJh700CXk7k4T0ySxgQnJRMnKG8K4RTkOmViO8YBBh1FcAQoPC3YVdOidmDo-Ur5kC4bPHppWi1Vu402r6M3UvKiDRw","e":"AQAB"}]})";
const std::string kToken =
    "eyJraWQiOiJtb2NrLWtpZC0xIiwidHlwIjoiSldUIiwiYWxnIjoiUlMyNTYifQ."
    "eyJpc3MiOiJodHRwczovL2thdXRoLmtha2FvLmNvbSIsImF1ZCI6IjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZG"
    "VmIiwic3ViIjoiMTM3NjAxNjkyNDQyOTc1OTIyOCIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjQ3MTk5LCJhdXRo"
    "X3RpbWUiOjE3NjcyMjU2MDAsIm5vbmNlIjoibi0wUzZfV3pBMk1qIiwibmlja25hbWUiOiLtmY3quLjrj5kifQ."
    "GByYWFCbkcn7IuvU1kHIX78QWbICFEw6fI0CvrEYSENPIWL-I9GVOXapIGDql2bdDrtisrkeHP1cKVSlxsy_"
    "hxbW0jFnuxJJVYMY7xFZaqdaSvh9mOXcn9w5v7xBbUwZ09Xz_"
    "ugI9CFhnMZgh1GX0Ws66d6oeWFUZQQ7arJH2o7Nz6veiLZ0MlxzPcikC95QTEyT1SpOUSLgeFYbN0AHW7IgUdwqpbLd1UF"
    "Mz8XUHvo7I0mhJ3ngCq1p2Zm55PMbpT-5J5u9EBcoQV5fODdPBKW3rMUNHIf0tNrVt2K7UCL-"
    "97qjACsYG1N4hpWCUcbTvrI_IbISZy6JkhGc1qQoVg";
const Expected kExpected{"https://kauth.kakao.com", "0123456789abcdef0123456789abcdef",
                         "n-0S6_WzA2Mj", 1'767'225'700 * kSecond};

class TheIdToken : public testing::Test {
 protected:
  TheIdToken() { EXPECT_TRUE(keys_.replace(kKeys, 1)); }
  std::optional<std::string> subject(const Expected& expected, const std::string& token = kToken) {
    const auto opened = IdToken::open(token);
    return opened ? opened->subject(keys_.find(opened->kid()), expected) : std::nullopt;
  }

  KeySet keys_;
};

TEST_F(TheIdToken, OfTheReferenceIsVerified) {
  EXPECT_EQ(subject(kExpected), "1376016924429759228");
}

TEST_F(TheIdToken, IsForOneIssuerClientAndLogin) {
  Expected other = kExpected;
  other.issuer = "https://kauth.kakao.co";
  EXPECT_FALSE(subject(other));
  other = kExpected;
  other.client_id = "0123456789abcdef0123456789abcdee";
  EXPECT_FALSE(subject(other));
  other = kExpected;
  other.nonce = "";
  EXPECT_FALSE(subject(other));
}

TEST_F(TheIdToken, HasItsTimeAndAMinuteMore) {
  Expected other = kExpected;
  other.now = (1'767'225'600 - 60) * kSecond;
  EXPECT_TRUE(subject(other));
  other.now = (1'767'225'600 - 61) * kSecond;
  EXPECT_FALSE(subject(other));
  other.now = (1'767'247'199 + 59) * kSecond;
  EXPECT_TRUE(subject(other));
  other.now = (1'767'247'199 + 60) * kSecond;
  EXPECT_FALSE(subject(other));
}

TEST_F(TheIdToken, EveryChangedCharacterIsSeen) {
  for (std::size_t at = 0; at < kToken.size(); ++at) {
    std::string changed = kToken;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(subject(kExpected, changed)) << at;
  }
}

TEST(TheKeySet, TakesRsaKeysOfEnoughBitsAlone) {
  KeySet keys;
  EXPECT_FALSE(keys.replace("{}", 1));
  EXPECT_FALSE(keys.replace(R"({"keys":[]})", 1));
  EXPECT_FALSE(keys.replace(R"({"keys":[{"kid":"a","kty":"RSA","n":"AQAB","e":"AQAB"}]})", 1));
  EXPECT_FALSE(keys.replace(R"({"keys":[{"kid":"a","kty":"oct","k":"AQAB"}]})", 1));
  EXPECT_TRUE(keys.replace(kKeys, 1));
  EXPECT_FALSE(keys.replace("not json", 2)) << "and those known stay";
  EXPECT_NE(keys.find("mock-kid-1"), nullptr);
  EXPECT_EQ(keys.find("mock-kid-2"), nullptr);
}

TEST(TheKeySet, IsReadAtMostOnceAMinuteAndAgainAfterADay) {
  KeySet keys;
  const eb_ts now = 1'767'225'700 * kSecond;
  EXPECT_TRUE(keys.may_read(now));
  keys.begin_reading(now);
  EXPECT_TRUE(keys.replace(kKeys, now));
  EXPECT_FALSE(keys.may_read(now + 59 * kSecond));
  EXPECT_TRUE(keys.may_read(now + 60 * kSecond));
  EXPECT_FALSE(keys.is_old(now + 86'399 * kSecond));
  EXPECT_TRUE(keys.is_old(now + 86'400 * kSecond));
}

}  // namespace
}  // namespace everbit::auth_kakao
