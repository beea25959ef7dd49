#include "crypto/mac.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/random.h"

namespace everbit::crypto {
namespace {

std::string hex(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// RFC 4231, test case 2.
TEST(Mac, IsTheOneThatTheStandardComputes) {
  EXPECT_EQ(hex(hmac_sha256(Secret("Jefe"), "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 7515, A.1.
TEST(Mac, SignsTheTokenOfTheStandard) {
  const auto key = base64url_decode(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  ASSERT_TRUE(key);
  const std::string text =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ";
  EXPECT_EQ(base64url_encode(hmac_sha256(Secret(*key), text)),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

// RFC 5869, test case 3: no salt; its info is empty, and 32 of its 42 bytes are ours.
TEST(Mac, DerivesTheKeyThatTheStandardDerives) {
  const Secret secret(std::string(22, '\x0b'));
  EXPECT_EQ(hex(derive_key(secret, "").reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  EXPECT_NE(hex(derive_key(secret, "a").reveal()), hex(derive_key(secret, "b").reveal()));
}

TEST(Mac, TextsAreEqualOnlyAsAWhole) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

}  // namespace
}  // namespace everbit::crypto
