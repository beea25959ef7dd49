#include "net/endpoint_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "net/public_address.h"

namespace everbit::net::testing {
namespace {

EndpointGuard guard_of(const EndpointGuard::Rules& rules) {
  return EndpointGuard::make(rules).value();
}

EndpointGuard browsers() { return guard_of({{"fcm.googleapis.com", "*.push.apple.com"}, {}}); }

SocketAddress address_of(const std::string& text) {
  return NameLookup::wait(text, 443, Deadline::after(std::chrono::seconds(10))).value().front();
}

TEST(EndpointGuard, ThePushServicesOfBrowsersPass) {
  const EndpointGuard guard = browsers();
  EXPECT_TRUE(guard.check("https://fcm.googleapis.com/fcm/send/abc:APA91"));
  EXPECT_TRUE(guard.check("https://FCM.googleapis.com:443/fcm/send/abc"));
  EXPECT_TRUE(guard.check("https://web.push.apple.com/QGuQyavXutnMH"));
  EXPECT_EQ(guard.check("https://Web.Push.Apple.com/x")->origin.host, "web.push.apple.com");
  EXPECT_EQ(guard.check("https://web.push.apple.com/x?y=1")->target, "/x?y=1");
}

TEST(EndpointGuard, NamesThatOnlyLookLikeAPushServiceAreRefused) {
  const EndpointGuard guard = browsers();
  for (const char* endpoint : {
           "https://evil-push.apple.com.attacker.example/x",
           "https://notpush.apple.com/x",
           "https://push.apple.com/x",
           "https://.push.apple.com/x",
           "https://a..push.apple.com/x",
           "https://fcm.googleapis.com.attacker.example/x",
           "https://xfcm.googleapis.com/x",
           "https://fcm.googleapis.com./x",
           "https://fcm.googleapis.com@attacker.example/x",
           "https://attacker.example/fcm.googleapis.com",
           "https://attacker.example?fcm.googleapis.com",
           "https://attacker.example#@fcm.googleapis.com/",
           "https://attacker.example\\@fcm.googleapis.com/",
           "https://fcm.googleapis.com%2eattacker.example/x",
           "https://fcm。googleapis。com/x",
           "https://fcm.googleapis.com\t.attacker.example/x",
       }) {
    EXPECT_FALSE(guard.check(endpoint)) << endpoint;
  }
}

TEST(EndpointGuard, NothingButHttpsOnPort443IsCalled) {
  const EndpointGuard guard = browsers();
  for (const char* endpoint :
       {"http://fcm.googleapis.com/x", "wss://fcm.googleapis.com/x", "HTTPS://fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x", "file:///etc/passwd", "//fcm.googleapis.com/x",
        "https:fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:80/x", "https://fcm.googleapis.com:0/x",
        "https://fcm.googleapis.com:/x", "https://fcm.googleapis.com:65979/x",
        "https://user@fcm.googleapis.com/x", "https://user:pass@fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x#frag", " https://fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x\r\nHost: 127.0.0.1", "https://", ""}) {
    EXPECT_FALSE(guard.check(endpoint)) << endpoint;
  }
  EXPECT_FALSE(guard.check("https://fcm.googleapis.com/" + std::string(2048, 'a')));
}

// With the list off nothing but these rules stands between a stranger and the metadata service.
TEST(EndpointGuard, AnAddressInDigitsIsRefusedInEverySpelling) {
  const EndpointGuard guard = guard_of({});
  EXPECT_TRUE(guard.check("https://push.example.org/x"));
  for (const char* endpoint : {
           "https://127.0.0.1/x",
           "https://2130706433/x",
           "https://0x7f000001/x",
           "https://0x7f.0x0.0x0.0x1/x",
           "https://0177.0.0.01/x",
           "https://017700000001/x",
           "https://127.1/x",
           "https://127.0.1/x",
           "https://0/x",
           "https://169.254.169.254/latest/meta-data",
           "https://2852039166/x",
           "https://0xA9FEA9FE/x",
           "https://8.8.8.8/x",
           "https://8.8.8.8./x",
           "https://1.2.3.0x/x",
           "https://[::1]/x",
           "https://[::ffff:127.0.0.1]/x",
           "https://[fe80::1%25eth0]/x",
           "https://[2001:4860:4860::8888]/x",
           "https://localhost/x",
           "https://metadata/x",
       }) {
    EXPECT_FALSE(guard.check(endpoint)) << endpoint;
  }
}

TEST(EndpointGuard, OnlyAddressesOfThePublicInternetAreConnectedTo) {
  for (const char* good :
       {"8.8.8.8", "1.1.1.1", "142.250.207.106", "17.188.143.34", "223.255.255.1",
        "2001:4860:4860::8888", "2620:149:208:430c::5", "2a00:1450:4001::1"}) {
    EXPECT_TRUE(is_public_address(address_of(good))) << good;
  }
  for (const char* bad : {"0.0.0.0",
                          "0.1.2.3",
                          "10.0.0.1",
                          "10.255.255.255",
                          "100.64.0.1",
                          "100.127.255.255",
                          "127.0.0.1",
                          "127.255.255.254",
                          "169.254.169.254",
                          "172.16.0.1",
                          "172.31.255.255",
                          "192.0.0.1",
                          "192.0.2.1",
                          "192.88.99.1",
                          "192.168.0.1",
                          "198.18.0.1",
                          "198.19.255.255",
                          "198.51.100.1",
                          "203.0.113.1",
                          "224.0.0.1",
                          "239.255.255.255",
                          "240.0.0.1",
                          "255.255.255.255",
                          "::",
                          "::1",
                          "::ffff:8.8.8.8",
                          "::ffff:127.0.0.1",
                          "::127.0.0.1",
                          "64:ff9b::7f00:1",
                          "64:ff9b:1::1",
                          "100::1",
                          "2001::1",
                          "2001:1ff::1",
                          "2001:db8::1",
                          "2002:7f00:1::1",
                          "3fff::1",
                          "fc00::1",
                          "fd12:3456::1",
                          "fe80::1",
                          "fec0::1",
                          "ff02::1"}) {
    EXPECT_FALSE(is_public_address(address_of(bad))) << bad;
  }
  for (const char* neighbour : {"9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                                "172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255",
                                "198.20.0.0", "223.255.255.255", "2001:200::1"}) {
    EXPECT_TRUE(is_public_address(address_of(neighbour))) << neighbour;
  }
  EXPECT_FALSE(is_public_address(SocketAddress{})) << "no family";
}

TEST(EndpointGuard, ATestEntryLiftsTheRulesForItsOwnPairAlone) {
  const EndpointGuard guard = guard_of({{"fcm.googleapis.com"}, {"127.0.0.1:8443"}});
  ASSERT_TRUE(guard.check("https://127.0.0.1:8443/push/1"));
  const Origin own{true, "127.0.0.1", 8443};
  EXPECT_TRUE(guard.may_connect(own, address_of("127.0.0.1")));
  for (const char* endpoint :
       {"http://127.0.0.1:8443/x", "https://127.0.0.1/x", "https://127.0.0.1:8444/x",
        "https://127.0.0.2:8443/x", "https://localhost:8443/x", "https://2130706433:8443/x"}) {
    EXPECT_FALSE(guard.check(endpoint)) << endpoint;
  }
  const Origin google{true, "fcm.googleapis.com", 443};
  EXPECT_FALSE(guard.may_connect(google, address_of("127.0.0.1")));
  EXPECT_TRUE(guard.may_connect(google, address_of("142.250.207.106")));
  EXPECT_FALSE(guard.may_call({false, "fcm.googleapis.com", 443}));
}

TEST(EndpointGuard, ARuleThatIsNoneIsNamed) {
  for (const char* rule : {"*", "*.", "com", "*.com", "fcm.*.com", "FCM.googleapis.com", "8.8.8.8",
                           "https://fcm.googleapis.com", "fcm.googleapis.com:443", ""}) {
    EXPECT_EQ(EndpointGuard::make({{rule}, {}}).error().code, "GUARD_RULE") << rule;
  }
  for (const char* entry :
       {"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:8443/x", ":1", "[::1]", "a b:1", ""}) {
    EXPECT_EQ(EndpointGuard::make({{}, {entry}}).error().code, "GUARD_RULE") << entry;
  }
  EXPECT_TRUE(EndpointGuard::make({{}, {"[::1]:8443", "localhost:1"}}));
}

}  // namespace
}  // namespace everbit::net::testing
