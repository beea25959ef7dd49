#include "session/jwt.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "crypto/mac.h"

namespace everbit::session {
namespace {

const Secret kKey(std::string(32, 'k'));
const Secret kOldKey(std::string(32, 'o'));

JwtKind kind() { return JwtKind("at+jwt", {{"2", kKey}, {"1", kOldKey}}); }

std::string token_of(std::string_view header, std::string_view claims, const Secret& key = kKey) {
  std::string token = base64url_encode(header) + "." + base64url_encode(claims);
  return token + "." + base64url_encode(crypto::hmac_sha256(key, token));
}

constexpr const char* kClaims = R"({"a":"b"})";
constexpr const char* kHeader = R"({"alg":"HS256","kid":"2","typ":"at+jwt"})";

TEST(Jwt, WhatItSignsItTakesBack) {
  const auto claims = kind().verify(kind().sign(kClaims));
  ASSERT_TRUE(claims);
  EXPECT_EQ(*claims, kClaims);
  EXPECT_TRUE(kind().verify(token_of(kHeader, kClaims)));
}

TEST(Jwt, AnOlderKeyStillReads) {
  const auto token = JwtKind("at+jwt", {{"1", kOldKey}}).sign(kClaims);
  EXPECT_TRUE(kind().verify(token));
  EXPECT_FALSE(JwtKind("at+jwt", {{"2", kKey}}).verify(token)) << "a key that is gone";
}

// Attack 1: no signature, by every spelling of none.
TEST(Jwt, NoneIsNoAlgorithm) {
  for (const char* alg : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = std::string(R"({"alg":")") + alg + R"(","kid":"2","typ":"at+jwt"})";
    const std::string text = base64url_encode(header) + "." + base64url_encode(kClaims);
    EXPECT_FALSE(kind().verify(text + ".")) << alg;
    EXPECT_FALSE(kind().verify(text)) << alg;
    EXPECT_FALSE(kind().verify(token_of(header, kClaims))) << alg;
  }
}

// Attack 2: the signature of somebody else's key, or of one of ours under another kid.
TEST(Jwt, AnotherKeysSignatureIsNone) {
  EXPECT_FALSE(kind().verify(token_of(kHeader, kClaims, Secret(std::string(32, 'x')))));
  EXPECT_FALSE(kind().verify(token_of(kHeader, kClaims, kOldKey)));
  EXPECT_FALSE(kind().verify(token_of(R"({"alg":"HS256","kid":"3","typ":"at+jwt"})", kClaims)));
  EXPECT_FALSE(kind().verify(token_of(R"({"alg":"HS256","kid":"","typ":"at+jwt"})", kClaims)));
  EXPECT_FALSE(kind().verify(token_of(R"({"alg":"HS256","typ":"at+jwt"})", kClaims)));
}

// Attack 3: the algorithm that the token would like.
TEST(Jwt, TheAlgorithmIsNotTheTokensChoice) {
  for (const char* alg : {"HS384", "HS512", "RS256", "ES256", "hs256", "HS256 "}) {
    const std::string header = std::string(R"({"alg":")") + alg + R"(","kid":"2","typ":"at+jwt"})";
    EXPECT_FALSE(kind().verify(token_of(header, kClaims))) << alg;
  }
}

// Attack 4: a token of another kind under the same key.
TEST(Jwt, ATokenOfAnotherKindIsRefused) {
  EXPECT_FALSE(kind().verify(JwtKind("rt+jwt", {{"2", kKey}}).sign(kClaims)));
  EXPECT_FALSE(kind().verify(JwtKind("JWT", {{"2", kKey}}).sign(kClaims)));
}

// Attack 5: headers that want to be obeyed, or that two readers read in two ways.
TEST(Jwt, AHeaderIsExactlyOurs) {
  for (const char* header :
       {R"({"alg":"HS256","kid":"2","typ":"at+jwt","crit":["exp"]})",
        R"({"alg":"HS256","kid":"2","typ":"at+jwt","jku":"https://evil.example/"})",
        R"({"alg":"none","alg":"HS256","kid":"2","typ":"at+jwt"})",
        R"({"alg":"HS256","alg":"HS256","kid":"2"})", R"({"alg":"HS256","kid":2,"typ":"at+jwt"})",
        R"(["HS256","2","at+jwt"])", R"("HS256")", "{", ""}) {
    EXPECT_FALSE(kind().verify(token_of(header, kClaims))) << header;
  }
}

// Attack 6: another spelling of the same token passes lists of revoked texts.
TEST(Jwt, ATokenHasOneSpelling) {
  const std::string good = kind().sign(kClaims);
  ASSERT_TRUE(kind().verify(good));
  for (const std::string& odd : {good + "=", good + ".", good + "\n", " " + good, good + ".x",
                                 good.substr(0, good.size() - 1), std::string(), std::string(".."),
                                 std::string(5000, 'a')}) {
    EXPECT_FALSE(kind().verify(odd)) << odd;
  }
  // The last character of 32 bytes holds two bits that say nothing.
  std::string other = good;
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  other.back() = digits[digits.find(other.back()) ^ 1U];
  EXPECT_FALSE(kind().verify(other));
}

TEST(Jwt, EveryChangedCharacterIsSeen) {
  const std::string good = kind().sign(kClaims);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(kind().verify(changed)) << at;
  }
}

}  // namespace
}  // namespace everbit::session
