#include "net/http_client.h"

#include <array>
#include <future>

#include "support/hanging_names.h"
#include "unit/net/net_fixture.h"

namespace everbit::net::testing {
namespace {

class HttpClientTest : public NetTest {
 protected:
  ReadCall read_of(const Origin& origin) {
    ReadCall call;
    call.make = [this, origin]() -> Result<ReadRequest> {
      ++made_;
      ReadRequest request;
      request.origin = origin;
      request.headers = {{"X-Nonce", std::to_string(made_)}};
      return request;
    };
    call.make_on = threads_.executor();
    return call;
  }

  std::atomic<int> made_{0};
};

TEST_F(HttpClientTest, AnswersWithStatusHeadersBodyAndDate) {
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.answer(404, "{\"error\":{}}",
                "Remaining-Req: group=default; min=1; sec=29\r\n"
                "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  });
  const HttpResult result = make_client()->send_blocking(get(server.origin()));
  ASSERT_EQ(result.outcome, CallOutcome::kAnswered) << result.detail;
  EXPECT_EQ(result.response.status, 404);
  EXPECT_EQ(result.response.body, "{\"error\":{}}");
  EXPECT_EQ(result.response.header("remaining-req"), "group=default; min=1; sec=29");
  EXPECT_EQ(result.response.date->time_since_epoch().count(), 784111777);
}

TEST_F(HttpClientTest, SendsEachHeaderOnceAndNeverOrigin) {
  std::promise<std::string> seen;
  HostileServer server([&](Peer& peer, int) {
    seen.set_value(peer.read_request());
    peer.answer(200, "");
  });
  HttpCall call = get(server.origin(), "/v1/order?uuid=1");
  call.request.method = HttpMethod::kDelete;
  call.request.headers = {{"Authorization", "Bearer x"}};
  make_client()->send_blocking(std::move(call));
  EXPECT_EQ(seen.get_future().get(), "DELETE /v1/order?uuid=1 HTTP/1.1\r\nHost: 127.0.0.1:" +
                                         std::to_string(server.origin().port) +
                                         "\r\nUser-Agent: everbit/2\r\n"
                                         "Authorization: Bearer x\r\n\r\n");
}

TEST_F(HttpClientTest, ReusesOneConnectionAndDoesNotPipeline) {
  HostileServer server([](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.answer(200, "x");
  });
  const auto client = make_client();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client->send_blocking(get(server.origin())).answered());
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(client->idle_connections(), 1U);
}

TEST_F(HttpClientTest, DoesNotUseAKeptConnectionThatThePeerClosed) {
  std::array<std::promise<void>, 5> closed;
  HostileServer server([&](Peer& peer, int number) {
    peer.read_request();
    peer.answer(200, "x");
    peer.close();
    closed.at(static_cast<std::size_t>(number)).set_value();
  });
  const auto client = make_client();
  for (std::promise<void>& end : closed) {
    ASSERT_TRUE(client->send_blocking(get(server.origin())).answered());
    end.get_future().wait();
  }
  EXPECT_EQ(server.connections(), 5);
}

TEST_F(HttpClientTest, DoesNotTakeLeftoverBytesForTheNextAnswer) {
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.write("HTTP/1.1 200 X\r\nContent-Length: 1\r\n\r\naHTTP/1.1 201 X\r\n");
    peer.read_request();
  });
  const auto client = make_client();
  EXPECT_EQ(client->send_blocking(get(server.origin())).response.body, "a");
  EXPECT_EQ(client->idle_connections(), 0U);
}

TEST_F(HttpClientTest, DoesNotFollowARedirect) {
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.answer(302, "", "Location: http://127.0.0.1:1/\r\n");
  });
  const HttpResult result = make_client()->send_blocking(get(server.origin()));
  EXPECT_EQ(result.response.status, 302);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, RefusedConnectionIsProvablyNotSent) {
  Origin nobody;
  {
    HostileServer server([](Peer&, int) {});
    nobody = server.origin();
  }
  const HttpResult result = make_client()->send_blocking(get(nobody));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kConnect);
}

TEST_F(HttpClientTest, NameServerThatHangsCostsTheConnectTimeAndStopsNobodyElse) {
  const test::HangingNames names;
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.answer(200, "x");
  });
  const auto client = make_client();
  std::promise<HttpResult> ended;
  client->send(get({false, "hang.test", 80}), threads_.executor(),
               [&](HttpResult result) { ended.set_value(std::move(result)); });
  EXPECT_TRUE(client->send_blocking(get(server.origin("localhost"))).answered());
  const HttpResult result = ended.get_future().get();
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kTimeout);
  const auto begin = std::chrono::steady_clock::now();
  client->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s) << "a stop waits for no name server";
}

TEST_F(HttpClientTest, UnknownNameIsProvablyNotSent) {
  const HttpResult result = make_client()->send_blocking(get({false, "no.such.host.invalid", 80}));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
}

struct Accident {
  const char* name;
  HostileServer::Script script;
  CallFailure failure;
};

class AfterFirstByte : public HttpClientTest, public ::testing::WithParamInterface<Accident> {};

// Whatever happens after the request was written, nobody may believe that it was not.
TEST_P(AfterFirstByte, IsAnUnknownOutcome) {
  HostileServer server(GetParam().script);
  HttpClientSettings settings = patient_settings();
  if (GetParam().failure == CallFailure::kTimeout) settings.timeouts = kImpatience;
  const HttpResult result = make_client(settings)->send_blocking(get(server.origin()));
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome) << result.detail;
  EXPECT_EQ(result.failure, GetParam().failure) << result.detail;
}

const Accident kAccidents[] = {
    {"NeverAnswers",
     [](Peer& peer, int) {
       peer.read_request();
       peer.wait_for_end();
     },
     CallFailure::kTimeout},
    {"AnswersTooSlowly",
     [](Peer& peer, int) {
       peer.read_request();
       while (peer.write("H")) std::this_thread::sleep_for(100ms);
     },
     CallFailure::kTimeout},
    {"DripsTheBody",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n");
       while (peer.write("x")) std::this_thread::sleep_for(50ms);
     },
     CallFailure::kTimeout},
    {"ClosesAfterReading", [](Peer& peer, int) { peer.read_request(); }, CallFailure::kClosed},
    {"ResetsAfterReading",
     [](Peer& peer, int) {
       peer.read_request();
       peer.reset();
     },
     CallFailure::kClosed},
    {"CutsTheHead",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 201 Created\r\nContent-Le");
     },
     CallFailure::kClosed},
    {"CutsTheBody",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"uuid\":");
     },
     CallFailure::kClosed},
    {"CutsAChunk",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
     },
     CallFailure::kClosed},
    {"SendsGarbage",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("\x15\x03\x01 garbage \r\n\r\n");
       peer.wait_for_end();
     },
     CallFailure::kBadResponse},
    {"SendsTwoLengths",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 200 X\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
       peer.wait_for_end();
     },
     CallFailure::kBadResponse},
    {"SendsAHugeHead",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 200 X\r\nA: " + std::string(1 << 20, 'a'));
       peer.wait_for_end();
     },
     CallFailure::kTooLarge},
    {"ClaimsAHugeBody",
     [](Peer& peer, int) {
       peer.read_request();
       peer.write("HTTP/1.1 200 X\r\nContent-Length: 9000000000\r\n\r\n");
       peer.wait_for_end();
     },
     CallFailure::kTooLarge},
    {"SendsInterimAnswersOnly",
     [](Peer& peer, int) {
       peer.read_request();
       while (peer.write("HTTP/1.1 100 Continue\r\n\r\n")) std::this_thread::sleep_for(1ms);
     },
     CallFailure::kBadResponse},
};

INSTANTIATE_TEST_SUITE_P(HttpClientTest, AfterFirstByte, ::testing::ValuesIn(kAccidents),
                         [](const auto& accident) { return std::string(accident.param.name); });

TEST_F(HttpClientTest, ReadsAChunkedAnswerAndOneEndedByTheConnection) {
  HostileServer server([](Peer& peer, int number) {
    peer.read_request();
    if (number == 0) {
      peer.write("HTTP/1.1 200 X\r\nConnection: close\r\n\r\nto the end");
    } else {
      peer.write("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      std::this_thread::sleep_for(20ms);
      peer.write("2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
    }
  });
  const auto client = make_client();
  EXPECT_EQ(client->send_blocking(get(server.origin())).response.body, "to the end");
  EXPECT_EQ(client->send_blocking(get(server.origin())).response.body, "abcde");
}

TEST_F(HttpClientTest, ReadIsRepeatedTwiceWithAFreshRequestEachTime) {
  std::atomic<int> served{0};
  HostileServer server([&](Peer& peer, int number) {
    const std::string request = peer.read_request();
    EXPECT_NE(request.find("X-Nonce: " + std::to_string(number + 1)), std::string::npos);
    ++served;
    if (number < 2) return;
    peer.answer(200, "x");
  });
  const HttpResult result = make_client()->read_blocking(read_of(server.origin()));
  EXPECT_TRUE(result.answered()) << result.detail;
  EXPECT_EQ(served, 3);
}

TEST_F(HttpClientTest, ReadGivesUpAfterThreeTriesAndReturnsTheLastAnswer) {
  HostileServer server([](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.answer(503, "busy");
  });
  const HttpResult result = make_client()->read_blocking(read_of(server.origin()));
  EXPECT_EQ(result.response.status, 503);
  EXPECT_EQ(made_, 3);
}

TEST_F(HttpClientTest, ReadIsNotRepeatedAfter429) {
  HostileServer server([](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.answer(429, "slow down");
  });
  EXPECT_EQ(make_client()->read_blocking(read_of(server.origin())).response.status, 429);
  EXPECT_EQ(made_, 1);
}

TEST_F(HttpClientTest, OrdinaryCallIsNeverRepeated) {
  std::atomic<int> served{0};
  HostileServer server([&](Peer& peer, int) {
    peer.read_request();
    ++served;
  });
  make_client()->send_blocking(get(server.origin()));
  EXPECT_EQ(served, 1);
}

TEST_F(HttpClientTest, PostToTheExchangeIsRefusedOutsideSendOnce) {
  HostileServer server([](Peer&, int) {});
  HttpClientSettings settings = patient_settings();
  settings.guarded_origins = {server.origin()};
  HttpCall call = get(server.origin(), "/v1/orders");
  call.request.method = HttpMethod::kPost;
  const HttpResult result = make_client(settings)->send_blocking(std::move(call));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kInvalidRequest);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpClientTest, CancelledAfterTheFirstByteIsAnUnknownOutcome) {
  std::promise<void> arrived;
  HostileServer server([&](Peer& peer, int) {
    peer.read_request();
    arrived.set_value();
    EXPECT_EQ(peer.wait_for_end(), PeerEnd::kReset);
  });
  const auto client = make_client();
  std::promise<HttpResult> ended;
  const HttpCallHandle handle =
      client->send(get(server.origin()), threads_.executor(),
                   [&](HttpResult result) { ended.set_value(std::move(result)); });
  arrived.get_future().wait();
  handle.cancel();
  const HttpResult result = ended.get_future().get();
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome);
  EXPECT_EQ(result.failure, CallFailure::kCancelled);
}

TEST_F(HttpClientTest, CancelledWhileItWaitsForATokenIsProvablyNotSent) {
  const ManualClock clock;
  RateLimiter limiter(clock, threads_.executor(), {{"default", RateSide::kExchange, 1}});
  const auto spent =
      limiter.acquire_blocking("default", RatePriority::kExit, Deadline::after(kPatience));
  HostileServer server([](Peer&, int) {});
  HttpCall call = get(server.origin());
  call.rate = RateUse{&limiter, "default", RatePriority::kExit, 10s};
  const auto client = make_client();
  std::promise<HttpResult> ended;
  const HttpCallHandle handle =
      client->send(std::move(call), threads_.executor(),
                   [&](HttpResult result) { ended.set_value(std::move(result)); });
  handle.cancel();
  const HttpResult result = ended.get_future().get();
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kCancelled);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpClientTest, StopEndsEveryCallExactlyOnce) {
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.wait_for_end();
  });
  HttpClientSettings settings = patient_settings();
  settings.timeouts = {};
  const auto client = make_client(settings);
  std::atomic<int> ended{0};
  for (int i = 0; i < 20; ++i) {
    client->send(get(server.origin()), threads_.executor(), [&](HttpResult) { ++ended; });
  }
  client->stop();
  EXPECT_EQ(client->send_blocking(get(server.origin())).failure, CallFailure::kCancelled);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (ended < 20 && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(5ms);
  EXPECT_EQ(ended, 20);
}

TEST_F(HttpClientTest, MoreCallsThanAllowedAreRefusedNotQueued) {
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.wait_for_end();
  });
  HttpClientSettings settings = patient_settings();
  settings.max_calls = 2;
  const auto client = make_client(settings);
  for (int i = 0; i < 2; ++i) {
    client->send(get(server.origin()), threads_.executor(), [](HttpResult) {});
  }
  EXPECT_EQ(client->send_blocking(get(server.origin())).failure, CallFailure::kBusy);
}

TEST_F(HttpClientTest, SpeaksTlsToAVerifiedPeerAndKeepsTheConnection) {
  const TestCertificates certificates;
  HostileServer server(
      [](Peer& peer, int) {
        while (!peer.read_request().empty()) peer.answer(200, "secret");
      },
      &certificates);
  HttpClientSettings settings = patient_settings();
  settings.ca_file = certificates.ca_file();
  const auto client = make_client(settings);
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = client->send_blocking(get(server.origin("localhost")));
    ASSERT_TRUE(result.answered()) << result.detail;
    EXPECT_EQ(result.response.body, "secret");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, CertificateOfAnotherHostIsProvablyNotSent) {
  const TestCertificates certificates("api.upbit.com");
  HostileServer server([](Peer&, int) { FAIL() << "a request came through"; }, &certificates);
  HttpClientSettings settings = patient_settings();
  settings.ca_file = certificates.ca_file();
  const HttpResult result = make_client(settings)->send_blocking(get(server.origin("localhost")));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kTls);
}

TEST_F(HttpClientTest, CertificateOfAnUnknownAuthorityIsProvablyNotSent) {
  const TestCertificates certificates;
  const TestCertificates others;
  HostileServer server([](Peer&, int) { FAIL() << "a request came through"; }, &certificates);
  HttpClientSettings settings = patient_settings();
  settings.ca_file = others.ca_file();
  const HttpResult result = make_client(settings)->send_blocking(get(server.origin("localhost")));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kTls);
}

TEST_F(HttpClientTest, TlsHandshakeThatNeverEndsIsProvablyNotSent) {
  HostileServer server([](Peer& peer, int) { peer.wait_for_end(); });
  Origin origin = server.origin();
  origin.tls = true;
  HttpClientSettings settings = patient_settings();
  settings.timeouts.connect = 300ms;
  const HttpResult result = make_client(settings)->send_blocking(get(origin));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kTimeout);
}

TEST_F(HttpClientTest, TlsAnswerCutWithoutCloseNotifyIsNotAnAnswer) {
  const TestCertificates certificates;
  HostileServer server(
      [](Peer& peer, int) {
        peer.read_request();
        peer.write("HTTP/1.1 200 X\r\nConnection: close\r\n\r\nhalf");
      },
      &certificates);
  HttpClientSettings settings = patient_settings();
  settings.ca_file = certificates.ca_file();
  const HttpResult result = make_client(settings)->send_blocking(get(server.origin("localhost")));
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome);
}

TEST_F(HttpClientTest, MissingAuthoritiesAreAnErrorAtTheStart) {
  HttpClientSettings settings;
  settings.ca_file = "/nonexistent/ca.pem";
  const auto client = HttpClient::make(threads_, settings);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, "NET_CA_FILE");
}

}  // namespace
}  // namespace everbit::net::testing
