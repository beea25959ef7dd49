#include "exchange-upbit/jwt.h"

#include <gtest/gtest.h>

#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

// The vectors of reference §2.3.
TEST(Jwt, HashesTheVectorsOfTheReference) {
  EXPECT_EQ(query_hash("market=KRW-BTC"),
            "b749dfc2e17f75e5b46c8161f97fe7c9298ed4167ea21c5c94d16573efd8a801"
            "351470c0ff1a9a3f1e763f8249968218c04c571c8b45aa80cd4588e6c4be0738");
  EXPECT_EQ(query_hash("market=KRW-BTC&limit=10"),
            "d8214a07d0b7181ac91485f885d4349e9de6733bbd0806fec3102519a0ba1479"
            "b9be54245055706da413a6e916a8a978c1fc1a79e8e459d54c4de8fbe2bc70cd");
  EXPECT_EQ(query_hash("market=KRW-BTC&states[]=wait&states[]=watch"),
            "c01bbcb80094d2225c90eda65128baf7ef800471fbdeb76579856d1532cd2630"
            "60e41ede9c52bfc926a0b46c4b7797a61e4327cda59d236f829cde4c875dfe77");
  EXPECT_EQ(query_hash("market=KRW-BTC&side=bid&volume=0.01&price=100.0&ord_type=limit"),
            "1db802a392c559d55c99662a20c6911ba9ea31a9f58bf92156af243ca1462b00"
            "4c6e6b27c934afefbde5ca15d28deb67e90cd619b466c9a3c2fe020ad2bbdd24");
}

TEST(Jwt, SignsTheVectorOfTheReference) {
  WipedText bearer(kMaxBearer);
  ASSERT_TRUE(append_bearer(bearer, "test-access-key", "test-secret-key-0123456789abcdefghijklmn",
                            "b2f1e3f8-2dc1-4d6f-a838-c74c49b0e39a", ""));
  EXPECT_EQ(
      bearer.text,
      "Bearer eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
      "eyJhY2Nlc3Nfa2V5IjoidGVzdC1hY2Nlc3Mta2V5Iiwibm9uY2UiOiJiMmYxZTNmOC0yZGMxLTRkNmYtYTgzOC1j"
      "NzRjNDliMGUzOWEifQ.Jdn5VOnabhQeSJWobIWz-eR7-fhjnHkjceAmjhk3orXYO8gRaKtmmXwi1PL0_B-PBgrz"
      "oRWzJICsoCpiA1ljAg");
}

TEST(Jwt, TheLongestTokenFitsWithoutGrowingSoThatNoCopyStaysBehind) {
  WipedText bearer(kMaxBearer);
  const auto* const before = bearer.text.data();
  ASSERT_TRUE(append_bearer(bearer, std::string(kMaxAccessKey, 'a'), std::string(4096, 's'),
                            std::string(kMaxNonce, 'n'), "market=KRW-BTC"));
  EXPECT_EQ(bearer.text.data(), before);
}

TEST(Text, Base64UrlHasNoPaddingAndItsOwnTwoCharacters) {
  const auto encoded = [](std::string_view bytes) {
    std::string out;
    append_base64url(out, bytes);
    return out;
  };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg");
  EXPECT_EQ(encoded("fo"), "Zm8");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("\xfb\xff"), "-_8");
}

}  // namespace
}  // namespace everbit::exchange_upbit
