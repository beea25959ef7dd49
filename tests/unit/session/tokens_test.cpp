#include "session/tokens.h"

#include <gtest/gtest.h>

namespace everbit::session {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const config::SecretVersion kAccess{"1", Secret(std::string(32, 'a'))};
const config::SecretVersion kRefresh{"1", Secret(std::string(32, 'r'))};

class TokensTest : public testing::Test {
 protected:
  std::string code_of(std::string_view claims) {
    const auto read = tokens_.read_access(JwtKind("at+jwt", {kAccess}).sign(claims));
    return read ? "" : read.error().code;
  }
  std::string claims(const std::string& more) const {
    return R"({"iss":"everbit","aud":"everbit-api","sub":")" + owner_.to_string() + R"(","sid":")" +
           family_.to_string() + "\"," + more + "}";
  }
  std::string times(int made, int ends) const {
    const std::int64_t now = clock_.now().seconds();
    return "\"iat\":" + std::to_string(now + made) + ",\"exp\":" + std::to_string(now + ends);
  }

  ManualClock clock_;
  Tokens tokens_{{kAccess}, {kRefresh}, clock_};
  const Uuid owner_ = Uuid::make_v7(clock_.now());
  const Uuid family_ = Uuid::make_v4();
};

TEST_F(TokensTest, AnAccessTokenLastsFifteenMinutesAndHalfAMinuteMore) {
  const auto token = tokens_.make_access(owner_, family_);
  ASSERT_TRUE(tokens_.read_access(token));
  EXPECT_EQ(tokens_.read_access(token)->owner, owner_);
  EXPECT_EQ(tokens_.read_access(token)->family, family_);
  clock_.advance(minutes(15) + seconds(29));
  EXPECT_TRUE(tokens_.read_access(token));
  clock_.advance(seconds(1));
  EXPECT_EQ(tokens_.read_access(token).error().code, "TOKEN_EXPIRED");
}

TEST_F(TokensTest, ARefreshTokenEndsWithItsSession) {
  const RefreshToken given{family_, 7, clock_.now() + minutes(1)};
  const auto token = tokens_.make_refresh(given);
  ASSERT_TRUE(tokens_.read_refresh(token));
  EXPECT_EQ(tokens_.read_refresh(token)->generation, 7);
  clock_.advance(minutes(1));
  EXPECT_EQ(tokens_.read_refresh(token).error().code, "TOKEN_EXPIRED");
}

TEST_F(TokensTest, NeitherTokenIsTakenForTheOther) {
  const auto refresh = tokens_.make_refresh({family_, 1, clock_.now() + minutes(1)});
  EXPECT_FALSE(tokens_.read_access(refresh));
  EXPECT_FALSE(tokens_.read_refresh(tokens_.make_access(owner_, family_)));
  // Nor where somebody has given both the same secret.
  const Tokens same({kAccess}, {kAccess}, clock_);
  EXPECT_FALSE(same.read_access(same.make_refresh({family_, 1, clock_.now() + minutes(1)})));
  EXPECT_FALSE(same.read_refresh(same.make_access(owner_, family_)));
}

TEST_F(TokensTest, AnotherAudienceOrIssuerIsRefused) {
  EXPECT_EQ(code_of(claims(times(0, 900))), "");
  std::string other = claims(times(0, 900));
  other.replace(other.find("everbit-api"), 11, "somebodyels");
  EXPECT_EQ(code_of(other), "TOKEN_INVALID");
  other = claims(times(0, 900));
  other.replace(other.find("everbit"), 7, "neverbi");
  EXPECT_EQ(code_of(other), "TOKEN_INVALID");
}

TEST_F(TokensTest, TimesThatMakeNoSenseAreRefused) {
  EXPECT_EQ(code_of(claims(times(0, -31))), "TOKEN_INVALID") << "ends before it was made";
  EXPECT_EQ(code_of(claims(times(-900, -31))), "TOKEN_EXPIRED");
  EXPECT_EQ(code_of(claims(times(60, 900))), "TOKEN_INVALID") << "made in the future";
  EXPECT_EQ(code_of(claims(times(20, 900))), "") << "clocks differ a little";
  EXPECT_EQ(code_of(claims("\"iat\":0")), "TOKEN_INVALID");
  EXPECT_EQ(code_of(claims("\"exp\":9999999999")), "TOKEN_INVALID");
  EXPECT_EQ(code_of(claims("\"iat\":0,\"exp\":9223372036854775807")), "TOKEN_INVALID");
  EXPECT_EQ(code_of(claims("\"iat\":\"0\",\"exp\":\"1\"")), "TOKEN_INVALID");
  EXPECT_EQ(code_of(claims("\"iat\":0,\"exp\":1e9")), "TOKEN_INVALID");
}

TEST_F(TokensTest, ClaimsThatStandTwiceAreRefused) {
  EXPECT_EQ(code_of(claims(times(0, 900) + ",\"exp\":8000000000")), "TOKEN_INVALID");
  EXPECT_EQ(code_of(claims(times(0, 900) + ",\"more\":{}")), "TOKEN_INVALID");
  EXPECT_EQ(code_of("[]"), "TOKEN_INVALID");
  EXPECT_EQ(code_of("no json"), "TOKEN_INVALID");
}

}  // namespace
}  // namespace everbit::session
