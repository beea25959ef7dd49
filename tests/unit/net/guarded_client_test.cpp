#include "net/endpoint_guard.h"
#include "support/hanging_names.h"
#include "unit/net/net_fixture.h"

namespace everbit::net::testing {
namespace {

using test::ForgedName;

// A client that may call a push service of the internet, and a server on loopback that hopes to be
// reached through a name of it.
class GuardedClientTest : public NetTest {
 protected:
  std::unique_ptr<HttpClient> guarded(EndpointGuard::Rules rules) {
    auto settings = patient_settings();
    settings.ca_file = certificates_.ca_file();
    settings.guard = std::make_shared<EndpointGuard>(EndpointGuard::make(rules).value());
    settings.limits = {4096, 4096, true};
    return make_client(std::move(settings));
  }
  std::unique_ptr<HttpClient> for_tests(const HostileServer& server) {
    return guarded({{}, {server.origin("localhost").authority()}});
  }

  TestCertificates certificates_;
};

TEST_F(GuardedClientTest, ANameWithOnePrivateAddressAmongPublicOnesIsNotConnectedTo) {
  const ForgedName forged("a.push.apple.com", {"17.188.143.34", "169.254.169.254"});
  const auto client = guarded({{"*.push.apple.com"}, {}});
  const HttpResult result = client->send_blocking(get({true, "a.push.apple.com", 443}));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kInvalidRequest) << result.detail;
  EXPECT_EQ(forged.lookups(), 1);
}

TEST_F(GuardedClientTest, EveryPrivateRangeBehindAnAllowedNameIsRefusedBeforeAConnection) {
  const auto client = guarded({{"*.push.apple.com"}, {}});
  for (const char* address : {"127.0.0.1", "10.1.2.3", "192.168.1.1", "172.20.0.1", "100.100.1.1",
                              "169.254.169.254", "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"}) {
    const ForgedName forged("b.push.apple.com", {address});
    const HttpResult result = client->send_blocking(get({true, "b.push.apple.com", 443}));
    EXPECT_EQ(result.failure, CallFailure::kInvalidRequest) << address << ": " << result.detail;
  }
}

// DNS rebinding: the first answer is harmless, the second one is not. There is no second question.
TEST_F(GuardedClientTest, TheNameIsLookedUpOnceForTheCheckAndTheConnection) {
  const ForgedName forged("c.push.apple.com", {"192.0.2.1"}, {"127.0.0.1"});
  const auto client = guarded({{"*.push.apple.com"}, {}});
  (void)client->send_blocking(get({true, "c.push.apple.com", 443}));
  EXPECT_EQ(forged.lookups(), 1);
}

TEST_F(GuardedClientTest, APlainOrUnlistedOriginIsNotEvenLookedUp) {
  const ForgedName forged("push.example.org", {"127.0.0.1"});
  const auto client = guarded({{"*.push.apple.com"}, {}});
  for (const Origin& origin :
       {Origin{true, "push.example.org", 443}, Origin{false, "a.push.apple.com", 80},
        Origin{true, "a.push.apple.com", 8443}, Origin{true, "127.0.0.1", 443}}) {
    EXPECT_EQ(client->send_blocking(get(origin)).failure, CallFailure::kInvalidRequest)
        << origin.authority();
  }
  EXPECT_EQ(forged.lookups(), 0);
}

TEST_F(GuardedClientTest, ARedirectIsAnAnswerAndNotFollowed) {
  HostileServer inside([](Peer& peer, int) { peer.read_request(); });
  HostileServer server(
      [&](Peer& peer, int) {
        peer.read_request();
        peer.answer(307, "", "Location: http://" + inside.origin().authority() + "/\r\n");
      },
      &certificates_);
  const HttpResult result = for_tests(server)->send_blocking(get(server.origin("localhost")));
  ASSERT_TRUE(result.answered()) << result.detail;
  EXPECT_EQ(result.response.status, 307);
  EXPECT_EQ(inside.connections(), 0);
}

TEST_F(GuardedClientTest, ABodyWithoutEndIsReadUpToItsLimitAndTheStatusStands) {
  HostileServer server(
      [](Peer& peer, int) {
        peer.read_request();
        peer.write("HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunk = "400\r\n" + std::string(1024, 'x') + "\r\n";
        while (peer.write(chunk)) {
        }
      },
      &certificates_);
  const auto client = for_tests(server);
  const HttpResult result = client->send_blocking(get(server.origin("localhost")));
  ASSERT_TRUE(result.answered()) << result.detail;
  EXPECT_EQ(result.response.status, 410);
  EXPECT_EQ(result.response.body.size(), 4096U);
  EXPECT_EQ(client->idle_connections(), 0U);
}

TEST_F(GuardedClientTest, ALengthBeyondTheLimitDoesNotSpoilTheStatus) {
  HostileServer server(
      [](Peer& peer, int) {
        peer.read_request();
        peer.write("HTTP/1.1 201 Created\r\nContent-Length: 1000000000\r\n\r\n" +
                   std::string(8192, 'x'));
        peer.wait_for_end();
      },
      &certificates_);
  const HttpResult result = for_tests(server)->send_blocking(get(server.origin("localhost")));
  ASSERT_TRUE(result.answered()) << result.detail;
  EXPECT_EQ(result.response.status, 201);
}

TEST_F(GuardedClientTest, AnEndlessHeaderEndsTheCall) {
  HostileServer server(
      [](Peer& peer, int) {
        peer.read_request();
        peer.write("HTTP/1.1 201 Created\r\n");
        while (peer.write("X-Filler: " + std::string(512, 'x') + "\r\n")) {
        }
      },
      &certificates_);
  const HttpResult result = for_tests(server)->send_blocking(get(server.origin("localhost")));
  EXPECT_EQ(result.failure, CallFailure::kTooLarge) << result.detail;
}

TEST_F(GuardedClientTest, TheCertificateMustBeForTheNameAndNotForTheAddress) {
  const TestCertificates other("elsewhere.example");
  HostileServer server([](Peer& peer, int) { peer.read_request(); }, &other);
  auto settings = patient_settings();
  settings.ca_file = other.ca_file();
  const EndpointGuard::Rules rules{{}, {server.origin("localhost").authority()}};
  settings.guard = std::make_shared<EndpointGuard>(EndpointGuard::make(rules).value());
  const HttpResult result =
      make_client(std::move(settings))->send_blocking(get(server.origin("localhost")));
  EXPECT_EQ(result.failure, CallFailure::kTls) << result.detail;
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
}

}  // namespace
}  // namespace everbit::net::testing
