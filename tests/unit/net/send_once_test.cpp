#include "net/send_once.h"

#include <array>
#include <future>

#include "base/clock.h"
#include "unit/net/net_fixture.h"

namespace everbit::net::testing {
namespace {

const std::string kBody = "{\"market\":\"KRW-BTC\",\"side\":\"bid\"}";

class CreateOrder : public NetTest {
 protected:
  CreateOrder()
      : ledger_(
            std::move(SendLedger::open(folder_.path() / "send.ledger", instance_, clock_).value())),
        limiter_(clock_, threads_.executor(), {{"order", RateSide::kExchange, 100}}) {}

  CreateOrderCall order_to(const Origin& origin) {
    auto permit =
        limiter_.acquire_blocking("order", RatePriority::kExit, Deadline::after(kPatience));
    CreateOrderCall call{Uuid::make_v4(),
                         "token",
                         Deadline::after(kPatience),
                         std::move(permit.value()),
                         origin,
                         [this] { return gate_open_.load(); },
                         nullptr,
                         threads_.executor()};
    call.sign = [this, origin]() -> Result<HttpRequest> {
      ++signed_;
      HttpRequest request;
      request.method = HttpMethod::kPost;
      request.origin = origin;
      request.target = "/v1/orders";
      request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
      request.body = kBody;
      return request;
    };
    last_attempt_ = call.attempt;
    return call;
  }

  SendEvidence evidence_of_last() const {
    return ledger_->evidence(last_attempt_, instance_, clock_.now());
  }

  HttpResult send(CreateOrderCall call) {
    SendOnceSettings settings;
    settings.timeouts = timeouts_;
    settings.max_rest = max_rest_;
    SendOnce once(*client_, *ledger_, settings);
    return once.send_blocking(std::move(call));
  }

  const SystemClock clock_;
  const ScratchFolder folder_;
  const Uuid instance_ = Uuid::make_v4();
  std::atomic<bool> gate_open_{true};
  std::atomic<int> signed_{0};
  Uuid last_attempt_;
  HttpTimeouts timeouts_ = patient_settings().timeouts;
  std::chrono::milliseconds max_rest_ = kPatience;
  std::unique_ptr<SendLedger> ledger_;
  RateLimiter limiter_;
  std::unique_ptr<HttpClient> client_ = make_client();
};

TEST_F(CreateOrder, ArrivesOnceAndIsMarked) {
  std::promise<std::string> seen;
  HostileServer server([&](Peer& peer, int) {
    seen.set_value(peer.read_request());
    peer.answer(201, "{\"uuid\":\"1\"}");
  });
  const HttpResult result = send(order_to(server.origin()));
  ASSERT_TRUE(result.answered()) << result.detail;
  EXPECT_EQ(result.response.status, 201);
  const std::string request = seen.get_future().get();
  EXPECT_EQ(request.substr(0, 29), "POST /v1/orders HTTP/1.1\r\nHos");
  EXPECT_EQ(request.substr(request.size() - kBody.size()), kBody);
  EXPECT_EQ(evidence_of_last(), SendEvidence::kMarked);
}

TEST_F(CreateOrder, IsNotSentTwiceWhenKeptConnectionDiesBeforeAnswer) {
  std::atomic<int> orders{0};
  HostileServer server([&](Peer& peer, int) {
    while (true) {
      const std::string request = peer.read_request();
      if (request.empty()) return;
      if (request.starts_with("POST")) {
        ++orders;
        return;
      }
      peer.answer(200, "x");
    }
  });
  ASSERT_TRUE(client_->send_blocking(get(server.origin())).answered());
  const HttpResult result = send(order_to(server.origin()));
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome);
  EXPECT_EQ(orders, 1);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CreateOrder, IsNotSentTwiceWhenNoAnswerComesInTime) {
  std::atomic<int> orders{0};
  HostileServer server([&](Peer& peer, int) {
    while (!peer.read_request().empty()) ++orders;
  });
  timeouts_ = kImpatience;
  EXPECT_EQ(send(order_to(server.origin())).outcome, CallOutcome::kUnknownOutcome);
  EXPECT_EQ(orders, 1);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CreateOrder, IsNotSentTwiceOn5xx) {
  std::atomic<int> orders{0};
  HostileServer server([&](Peer& peer, int) {
    while (!peer.read_request().empty()) {
      ++orders;
      peer.answer(503, "busy");
    }
  });
  EXPECT_EQ(send(order_to(server.origin())).response.status, 503);
  EXPECT_EQ(orders, 1);
}

TEST_F(CreateOrder, TakesAFreshConnectionWhenTheKeptOneWasClosed) {
  std::array<std::promise<void>, 2> closed;
  HostileServer server([&](Peer& peer, int number) {
    peer.read_request();
    peer.answer(200, "x");
    peer.close();
    closed.at(static_cast<std::size_t>(number)).set_value();
  });
  ASSERT_TRUE(client_->send_blocking(get(server.origin())).answered());
  closed.front().get_future().wait();
  EXPECT_TRUE(send(order_to(server.origin())).answered());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CreateOrder, TakesAFreshConnectionWhenTheKeptOneRestedTooLong) {
  HostileServer server([](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.answer(200, "x");
  });
  ASSERT_TRUE(client_->send_blocking(get(server.origin())).answered());
  EXPECT_TRUE(send(order_to(server.origin())).answered());
  EXPECT_EQ(server.connections(), 1);
  max_rest_ = 1ms;
  std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(send(order_to(server.origin())).answered());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CreateOrder, ResetsItsSocketWhenNoAnswerComes) {
  std::promise<PeerEnd> end;
  HostileServer server([&](Peer& peer, int) {
    peer.read_request();
    end.set_value(peer.wait_for_end());
  });
  timeouts_ = kImpatience;
  const HttpResult result = send(order_to(server.origin()));
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome);
  EXPECT_EQ(result.failure, CallFailure::kTimeout);
  EXPECT_EQ(end.get_future().get(), PeerEnd::kReset);
}

TEST_F(CreateOrder, ResetsItsTlsSocketWhenNoAnswerComes) {
  const TestCertificates certificates;
  HttpClientSettings settings = patient_settings();
  settings.ca_file = certificates.ca_file();
  timeouts_ = kImpatience;
  client_ = make_client(settings);
  std::promise<PeerEnd> end;
  HostileServer server(
      [&](Peer& peer, int) {
        peer.read_request();
        end.set_value(peer.wait_for_end());
      },
      &certificates);
  const HttpResult result = send(order_to(server.origin("localhost")));
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome);
  EXPECT_EQ(end.get_future().get(), PeerEnd::kReset);
}

TEST_F(CreateOrder, WritesNothingOnceTheGateIsClosed) {
  std::promise<std::string> seen;
  HostileServer server([&](Peer& peer, int) { seen.set_value(peer.read_some()); });
  gate_open_ = false;
  const HttpResult result = send(order_to(server.origin()));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kGateClosed);
  EXPECT_EQ(signed_, 1) << "the gate is asked last, after the signature";
  EXPECT_EQ(evidence_of_last(), SendEvidence::kNotSent);
  EXPECT_EQ(seen.get_future().get(), "");
}

TEST_F(CreateOrder, GateThatThrowsIsClosed) {
  HostileServer server([](Peer& peer, int) { EXPECT_EQ(peer.read_some(), ""); });
  CreateOrderCall call = order_to(server.origin());
  call.gate = []() -> bool { throw std::runtime_error("no flag"); };
  EXPECT_EQ(send(std::move(call)).failure, CallFailure::kGateClosed);
}

TEST_F(CreateOrder, WritesNothingPastItsSendByTime) {
  HostileServer server([](Peer& peer, int) { EXPECT_EQ(peer.read_some(), ""); });
  CreateOrderCall call = order_to(server.origin());
  call.send_by = Deadline::passed();
  const HttpResult result = send(std::move(call));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kSendByPassed);
  EXPECT_EQ(evidence_of_last(), SendEvidence::kNotSent);
}

TEST_F(CreateOrder, WritesNothingWhenTheSignatureComesTooLate) {
  HostileServer server([](Peer& peer, int) { EXPECT_EQ(peer.read_some(), ""); });
  CreateOrderCall call = order_to(server.origin());
  call.send_by = Deadline::after(100ms);
  const auto sign = call.sign;
  call.sign = [sign] {
    std::this_thread::sleep_for(200ms);
    return sign();
  };
  const HttpResult result = send(std::move(call));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kSendByPassed);
  EXPECT_EQ(evidence_of_last(), SendEvidence::kNotSent);
}

TEST_F(CreateOrder, WritesNothingWhenTheHandshakeOutlivesItsSendByTime) {
  HostileServer server([](Peer& peer, int) { peer.wait_for_end(); });
  Origin origin = server.origin();
  origin.tls = true;
  CreateOrderCall call = order_to(origin);
  call.send_by = Deadline::after(100ms);
  const HttpResult result = send(std::move(call));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kSendByPassed);
}

TEST_F(CreateOrder, IsProvablyNotSentWhenThePeerClosesDuringTheSignature) {
  std::promise<void> closed;
  HostileServer server([&](Peer& peer, int) {
    peer.close();
    closed.set_value();
  });
  CreateOrderCall call = order_to(server.origin());
  const auto sign = call.sign;
  call.sign = [&] {
    closed.get_future().wait();
    return sign();
  };
  const HttpResult result = send(std::move(call));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(evidence_of_last(), SendEvidence::kNotSent);
}

TEST_F(CreateOrder, IsProvablyNotSentWhenItCannotBeSigned) {
  HostileServer server([](Peer& peer, int) { EXPECT_EQ(peer.read_some(), ""); });
  CreateOrderCall call = order_to(server.origin());
  call.sign = []() -> Result<HttpRequest> { return Error("NO_KEY", "no key"); };
  const HttpResult result = send(std::move(call));
  EXPECT_EQ(result.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(result.failure, CallFailure::kInvalidRequest);
}

TEST_F(CreateOrder, IsNotSignedForAnotherHost) {
  HostileServer server([](Peer& peer, int) { EXPECT_EQ(peer.read_some(), ""); });
  HostileServer other([](Peer&, int) {});
  CreateOrderCall call = order_to(server.origin());
  call.sign = order_to(other.origin()).sign;
  EXPECT_EQ(send(std::move(call)).outcome, CallOutcome::kNotSent);
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(CreateOrder, SameAttemptIsNeverSentAgainNorCalledUnsent) {
  std::atomic<int> orders{0};
  HostileServer server([&](Peer& peer, int) {
    while (!peer.read_request().empty()) {
      ++orders;
      peer.answer(201, "{}");
    }
  });
  ASSERT_TRUE(send(order_to(server.origin())).answered());
  const Uuid attempt = last_attempt_;
  CreateOrderCall again = order_to(server.origin());
  again.attempt = attempt;
  const HttpResult result = send(std::move(again));
  EXPECT_EQ(result.outcome, CallOutcome::kUnknownOutcome);
  EXPECT_EQ(result.failure, CallFailure::kAlreadySent);
  EXPECT_EQ(orders, 1);
}

TEST_F(CreateOrder, AnswerTeachesTheRateLimiter) {
  HostileServer server([](Peer& peer, int) {
    peer.read_request();
    peer.answer(429, "slow down");
  });
  EXPECT_EQ(send(order_to(server.origin())).response.status, 429);
  EXPECT_TRUE(limiter_.state().front().paused);
}

TEST_F(CreateOrder, StoppedClientSaysNotSentBeforeAndUnknownAfterTheFirstByte) {
  std::promise<void> arrived;
  HostileServer server([&](Peer& peer, int) {
    peer.read_request();
    arrived.set_value();
    peer.wait_for_end();
  });
  SendOnce once(*client_, *ledger_);
  std::promise<HttpResult> ended;
  once.send(order_to(server.origin()), threads_.executor(),
            [&](HttpResult result) { ended.set_value(std::move(result)); });
  arrived.get_future().wait();
  client_->stop();
  EXPECT_EQ(ended.get_future().get().outcome, CallOutcome::kUnknownOutcome);
  const HttpResult late = once.send_blocking(order_to(server.origin()));
  EXPECT_EQ(late.outcome, CallOutcome::kNotSent);
  EXPECT_EQ(late.failure, CallFailure::kCancelled);
}

template <class Call>
concept Repeatable = requires(HttpClient& client, Call call) {
  client.read_blocking(std::move(call));
};
template <class Call>
concept TakenAsIs = requires(HttpClient& client, Call call) {
  client.send_blocking(std::move(call));
};
template <class Call>
concept SendableTwice = requires(SendOnce& once, Call& call) {
  once.send_blocking(call);
};

TEST_F(CreateOrder, CannotBePassedToTheRetryingPath) {
  // Spent by being sent: an order that is to be sent twice does not compile.
  static_assert(!SendableTwice<CreateOrderCall>);
  static_assert(!Repeatable<CreateOrderCall> && Repeatable<ReadCall>);
  static_assert(!TakenAsIs<CreateOrderCall> && TakenAsIs<HttpCall>);
  // Nor can a request that changes something be dressed up as one that may be repeated.
  static_assert(!std::is_constructible_v<ReadRequest, HttpRequest>);
  static_assert(!std::is_copy_assignable_v<CreateOrderCall>);
  static_assert(!std::is_copy_constructible_v<CreateOrderCall>);
  static_assert(!std::is_convertible_v<CreateOrderCall, ReadCall>);
  static_assert(!std::is_convertible_v<CreateOrderCall, HttpCall>);
  static_assert(!std::is_convertible_v<HttpRequest, ReadRequest>);
}

}  // namespace
}  // namespace everbit::net::testing
