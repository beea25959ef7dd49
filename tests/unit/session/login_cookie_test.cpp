#include "session/login_cookie.h"

#include <gtest/gtest.h>

namespace everbit::session {
namespace {

const config::SecretVersion kNew{"2", Secret(std::string(32, 'n'))};
const config::SecretVersion kOld{"1", Secret(std::string(32, 'o'))};
const std::string kState(43, 's');
const Timestamp kNow = Timestamp::from_seconds(1'800'000'000);

PendingLogin pending() { return {kState, "nonce", "verifier", kNow, "https://everbit.kr"}; }

TEST(TheLoginCookie, BringsBackWhatWasPutIn) {
  const LoginCookie cookie({kNew, kOld});
  const auto opened = cookie.open(cookie.seal(pending()), kState, kNow);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->nonce, "nonce");
  EXPECT_EQ(opened->verifier, "verifier");
  EXPECT_EQ(opened->dashboard, "https://everbit.kr");
  EXPECT_EQ(LoginCookie::name_of(kState), "everbit_oauth_ssssss");
}

TEST(TheLoginCookie, OutlivesAChangeOfTheSecretButNotItsRemoval) {
  const std::string sealed = LoginCookie({kOld}).seal(pending());
  EXPECT_TRUE(LoginCookie({kNew, kOld}).open(sealed, kState, kNow));
  EXPECT_FALSE(LoginCookie({kNew}).open(sealed, kState, kNow));
}

// A stolen callback address in another browser, and a state that somebody made up.
TEST(TheLoginCookie, OpensForItsOwnStateAlone) {
  const LoginCookie cookie({kNew});
  const std::string sealed = cookie.seal(pending());
  std::string same_name = kState;
  same_name.back() = 't';
  EXPECT_FALSE(cookie.open(sealed, same_name, kNow));
  EXPECT_FALSE(cookie.open(sealed, std::string(43, 't'), kNow));
  for (const std::string& odd : {std::string(), std::string(42, 's'), std::string(44, 's'),
                                 std::string(43, ';'), std::string(43, '\n')}) {
    EXPECT_FALSE(cookie.open(sealed, odd, kNow));
    EXPECT_EQ(LoginCookie::name_of(odd), "");
  }
}

TEST(TheLoginCookie, IsOverAfterTenMinutes) {
  const LoginCookie cookie({kNew});
  const std::string sealed = cookie.seal(pending());
  EXPECT_TRUE(cookie.open(sealed, kState, kNow + std::chrono::minutes(10)));
  EXPECT_FALSE(cookie.open(sealed, kState, kNow + std::chrono::seconds(601)));
  EXPECT_FALSE(cookie.open(sealed, kState, kNow - std::chrono::seconds(1)));
}

TEST(TheLoginCookie, EveryChangedCharacterIsSeen) {
  const LoginCookie cookie({kNew});
  const std::string sealed = cookie.seal(pending());
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(cookie.open(changed, kState, kNow)) << at;
  }
  EXPECT_FALSE(cookie.open("", kState, kNow));
  EXPECT_FALSE(cookie.open(std::string(3000, 'A'), kState, kNow));
}

}  // namespace
}  // namespace everbit::session
