#include "session/cookies.h"

#include <gtest/gtest.h>

namespace everbit::session {
namespace {

TEST(Cookies, AreFoundByTheirWholeName) {
  const char* header = "a=1; everbit_refresh=abc.d_e-f;  b=2;c=";
  EXPECT_EQ(find_cookie(header, "everbit_refresh"), "abc.d_e-f");
  EXPECT_EQ(find_cookie(header, "a"), "1");
  EXPECT_EQ(find_cookie(header, "b"), "2");
  EXPECT_EQ(find_cookie(header, "c"), "");
  EXPECT_FALSE(find_cookie(header, "refresh"));
  EXPECT_FALSE(find_cookie(header, "everbit"));
  EXPECT_FALSE(find_cookie("", "a"));
  EXPECT_FALSE(find_cookie(";;=;", "a"));
}

// A neighbouring host can set a cookie of the same name, and so plant its own session.
TEST(Cookies, OneThatStandsThereTwiceIsNone) { EXPECT_FALSE(find_cookie("a=evil; a=good", "a")); }

TEST(Cookies, AreForUsAlone) {
  EXPECT_EQ(make_cookie("n", "v", "/p", std::chrono::seconds(60), true),
            "n=v; Path=/p; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(make_cookie("n", "", "/p", std::chrono::seconds(-5), false),
            "n=; Path=/p; Max-Age=0; HttpOnly; SameSite=Lax");
}

}  // namespace
}  // namespace everbit::session
