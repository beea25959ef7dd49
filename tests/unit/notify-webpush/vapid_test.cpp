#include "notify-webpush/vapid.h"

#include <gtest/gtest.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "notify-webpush/base64.h"
#include "unit/notify-webpush/rfc8291.h"

namespace everbit::notify_webpush {
namespace {

constexpr std::string_view kSubject = "mailto:owner@example.com";
constexpr std::int64_t kNow = 1'700'000'000;

std::string bytes(std::string_view base64) { return decode_base64(base64).value(); }

bool verifies(std::string_view point, std::string_view text, std::string_view signature) {
  if (signature.size() != 64) return false;
  const Key key = import_point(point);
  const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
  ECDSA_SIG* parsed = ECDSA_SIG_new();
  ECDSA_SIG_set0(parsed, BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(parsed, &der);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get());
  const int good =
      EVP_DigestVerify(context, der, static_cast<std::size_t>(size),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  ECDSA_SIG_free(parsed);
  return good == 1;
}

struct Token {
  std::string signed_part, header, claims, signature, key;
};

Token take_apart(std::string_view authorization) {
  EXPECT_TRUE(authorization.starts_with("vapid t="));
  const auto comma = authorization.find(", k=");
  const std::string_view jwt = authorization.substr(8, comma - 8);
  const auto dot = jwt.find('.');
  const auto second = jwt.rfind('.');
  return {std::string(jwt.substr(0, second)), bytes(jwt.substr(0, dot)),
          bytes(jwt.substr(dot + 1, second - dot - 1)), bytes(jwt.substr(second + 1)),
          bytes(authorization.substr(comma + 4))};
}

Vapid sample() {
  return Vapid::make(kSubject, rfc8291::kSenderPoint, rfc8291::kSenderScalar).value();
}

// RFC 8292, section 2.4: signatures are random, so that the vector checks who verifies.
TEST(Rfc8292, TheTokenOfTheStandardVerifies) {
  const std::string_view k =
      "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
  const std::string_view text =
      "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9."
      "eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNo"
      "QGV4YW1wbGUuY29tIn0";
  const std::string signature = bytes(
      "i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA");
  EXPECT_TRUE(verifies(bytes(k), text, signature));
  std::string flipped = signature;
  flipped[5] = static_cast<char>(flipped[5] ^ 1);
  EXPECT_FALSE(verifies(bytes(k), text, flipped));
}

TEST(Vapids, ATokenSaysWhoToWhomAndUntilWhen) {
  Vapid vapid = sample();
  const Token token = take_apart(vapid.authorization("https://push.example.net", kNow));
  EXPECT_EQ(token.header, R"({"typ":"JWT","alg":"ES256"})");
  EXPECT_EQ(
      token.claims,
      R"({"aud":"https://push.example.net","exp":1700043200,"sub":"mailto:owner@example.com"})");
  EXPECT_EQ(base64url(token.key), rfc8291::kSenderPoint);
  EXPECT_TRUE(verifies(token.key, token.signed_part, token.signature));
}

// In about one of two hundred signatures r or s has a leading zero, which DER leaves away.
TEST(Vapids, EverySignatureHasSixtyFourBytes) {
  const Key key = import_pair(bytes(rfc8291::kSenderScalar), bytes(rfc8291::kSenderPoint));
  for (int i = 0; i < 1500; ++i) {
    const std::string text = "text " + std::to_string(i);
    const std::string signature = sign_es256(*key, text);
    ASSERT_EQ(signature.size(), 64U);
    if (i % 50 == 0) {
      ASSERT_TRUE(verifies(bytes(rfc8291::kSenderPoint), text, signature));
    }
  }
}

TEST(Vapids, OneTokenServesAnOriginUntilAnHourIsLeft) {
  Vapid vapid = sample();
  const std::string first = vapid.authorization("https://a.example.net", kNow);
  EXPECT_EQ(vapid.authorization("https://a.example.net", kNow + 11 * 3600 - 1), first);
  EXPECT_NE(vapid.authorization("https://b.example.net", kNow), first);
  const std::string second = vapid.authorization("https://a.example.net", kNow + 11 * 3600);
  EXPECT_NE(second, first);
  EXPECT_NE(vapid.authorization("https://a.example.net", kNow), second)
      << "a clock set back must not leave a token that lives for more than a day";
}

TEST(Vapids, KeysThatAreNoPairAndSubjectsThatAppleRefusesAreNotTaken) {
  EXPECT_FALSE(Vapid::make(kSubject, rfc8291::kReceiverPoint, rfc8291::kSenderScalar));
  EXPECT_FALSE(Vapid::make(kSubject, rfc8291::kSenderPoint, "AAAA"));
  EXPECT_FALSE(Vapid::make(kSubject, "AAAA", rfc8291::kSenderScalar));
  EXPECT_FALSE(Vapid::make(kSubject, rfc8291::kSenderPoint, base64url(std::string(32, '\0'))));
  for (const char* subject :
       {"", "owner@example.com", "mailto:", "mailto: a@b.c", "mailto:<a@b.c>", "mailto:a",
        "mailto:a@", "mailto:@b.c", "http://example.com", "https://", "https://localhost/",
        "mailto:a@localhost", "mailto:a@b.c\"", "mailto:a@b.c\\"}) {
    EXPECT_FALSE(is_subject(subject)) << subject;
  }
  EXPECT_TRUE(is_subject("https://everbit.kr/contact"));
}

TEST(Origins, AreLowerCaseAndWithoutTheirOwnPort) {
  EXPECT_EQ(origin_of("https://127.0.0.1:8443/push/abc"), "https://127.0.0.1:8443");
  EXPECT_EQ(origin_of("https://FCM.googleapis.com:443/fcm/send/x"), "https://fcm.googleapis.com");
  EXPECT_EQ(origin_of("https://a.b?x"), "https://a.b");
  for (const char* none : {"", "http://a.b/", "https://", "https:///x", "https://u@a.b/",
                           "https://a\"b/", "https://a b/"}) {
    EXPECT_FALSE(origin_of(none)) << none;
  }
}

}  // namespace
}  // namespace everbit::notify_webpush
