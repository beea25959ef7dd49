#include "notify/deep_link.h"

#include <gtest/gtest.h>

#include <string>

namespace everbit::notify {
namespace {

TEST(DeepLinks, APathOfTheDashboardPasses) {
  for (const char* link : {"/", "/dashboard", "/orders/7f2c", "/a?b=c#d", "/%EC%A3%BC"}) {
    EXPECT_TRUE(is_deep_link(link)) << link;
  }
}

TEST(DeepLinks, NothingThatABrowserTakesForAnotherSitePasses) {
  for (const char* link : {"",
                           "dashboard",
                           "//evil.example",
                           "///evil.example",
                           "/\\evil.example",
                           "\\/evil.example",
                           "https://evil.example",
                           "javascript:alert(1)",
                           "/\t/evil.example",
                           "/\n/evil",
                           "/a b",
                           "/%2Fevil.example",
                           "/%2f%2fevil.example",
                           "/%252Fevil.example",
                           "/%5Cevil.example",
                           "/%09/evil.example",
                           "/%0d%0aSet-Cookie:x",
                           "/%00",
                           "/%",
                           "/%g1",
                           "/%1",
                           " /dashboard",
                           "/a\x7f",
                           "/%25%32%35%32%46evil"}) {
    EXPECT_FALSE(is_deep_link(link)) << link;
  }
  EXPECT_FALSE(is_deep_link("/" + std::string(512, 'a')));
}

}  // namespace
}  // namespace everbit::notify
