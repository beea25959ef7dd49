#include "base/log_redaction.h"

#include <gtest/gtest.h>

namespace everbit {
namespace {

TEST(Redaction, KnowsTheNamesUnderWhichSecretsTravel) {
  for (const char* key : {"authorization", "Authorization", "access_key", "accessKey",
                          "UPBIT_ACCESS_KEY", "secretKey", "jwt_access_secret", "refresh_token",
                          "set-cookie", "Cookie", "password", "database.dsn", "access_key_enc",
                          "vapid_private_key", "X-Api-Key", "query_hash_signature"}) {
    EXPECT_TRUE(is_secret_key(key)) << key;
  }
  for (const char* key : {"market", "attempt_id", "eventId", "key", "sent_at", "accessed"}) {
    EXPECT_FALSE(is_secret_key(key)) << key;
  }
}

TEST(Redaction, CutsARegisteredSecretOutOfAnyText) {
  register_secret(Secret("hunter2-is-long-enough"));
  EXPECT_EQ(redact("a hunter2-is-long-enough b hunter2-is-long-enough"), "a *** b ***");
  register_secret(Secret("short"));
  EXPECT_EQ(redact("a short word stays"), "a short word stays");
}

TEST(Redaction, CutsThePasswordOutOfAnAddress) {
  EXPECT_EQ(redact("connect postgresql://bot:pa:ss@db:5432/everbit failed"),
            "connect postgresql://bot:***@db:5432/everbit failed");
  EXPECT_EQ(redact("redis://:pw@127.0.0.1/0"), "redis://:***@127.0.0.1/0");
  EXPECT_EQ(redact("https://everbit.kr/a@b see http://x:y"),
            "https://everbit.kr/a@b see http://x:y");
}

}  // namespace
}  // namespace everbit
