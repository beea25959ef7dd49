#include "config/listen_address.h"

#include <gtest/gtest.h>

namespace everbit::config {
namespace {

std::string parsed(std::string_view text) {
  const auto address = ListenAddress::parse(text);
  return address ? address->to_string() : address.error().code;
}

TEST(ListenAddress, TakesLoopbackAndPrivateNetworks) {
  for (const char* text : {"127.0.0.1:9464", "10.1.2.3:1", "172.16.0.1:80", "172.31.255.255:80",
                           "192.168.0.1:65535", "[::1]:9464", "[fd00::1]:0"}) {
    EXPECT_EQ(parsed(text), text);
  }
  EXPECT_EQ(parsed("[::ffff:127.0.0.1]:80"), "[::ffff:127.0.0.1]:80");
}

TEST(ListenAddress, NeverListensWhereTheInternetIs) {
  for (const char* text : {"0.0.0.0:80", "[::]:80", "8.8.8.8:80", "172.32.0.1:80", "172.15.0.1:80",
                           "[2001:db8::1]:80", "[::ffff:8.8.8.8]:80", "169.254.1.1:80"}) {
    EXPECT_EQ(parsed(text), "LISTEN_PUBLIC") << text;
  }
}

TEST(ListenAddress, RefusesNamesAndHalfAddresses) {
  for (const char* text :
       {"", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.1:80", "::1:80", "[127.0.0.1]:80", "[]:80", ":80", "127.0.0.1:8 "}) {
    EXPECT_EQ(parsed(text), "LISTEN_SYNTAX") << text;
  }
}

}  // namespace
}  // namespace everbit::config
