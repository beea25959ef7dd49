#include "base/base64.h"

#include <gtest/gtest.h>

namespace everbit {
namespace {

// RFC 4648, §10.
TEST(Base64, WritesAndReadsTheExamplesOfTheStandard) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : examples) {
    EXPECT_EQ(base64_encode(plain), text);
    EXPECT_EQ(base64_decode(text), plain);
    const std::string bare = std::string(text).substr(0, std::string(text).find('='));
    EXPECT_EQ(base64url_encode(plain), bare);
    EXPECT_EQ(base64url_decode(bare), plain);
  }
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
  EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
}

TEST(Base64, OneTextHasOneSpelling) {
  for (const char* odd :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9v\n", " Zm9v", "Zm-_", "Z===", "====", "Zm8=Zm8="}) {
    EXPECT_FALSE(base64_decode(odd)) << odd;
  }
  for (const char* odd : {"Zg==", "Zh", "Z", "Zm9v\n", "Zm+/", "Zm9vYh"}) {
    EXPECT_FALSE(base64url_decode(odd)) << odd;
  }
}

}  // namespace
}  // namespace everbit
