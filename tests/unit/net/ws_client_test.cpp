#include "net/ws_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "unit/net/net_fixture.h"
#include "unit/net/ws_peer.h"

namespace everbit::net::testing {
namespace {

class WsClientTest : public NetTest {
 protected:
  // Comes back at once, and gives nothing up by itself.
  static WsSettings patient(const Origin& origin) {
    WsSettings settings;
    settings.url = {origin, "/websocket/v1"};
    settings.connect = kPatience;
    settings.ping_every = kPatience;
    settings.pong_timeout = kPatience;
    settings.backoff = {10ms};
    return settings;
  }
  // Gives a silent peer up soon.
  static void ping_often(WsSettings& settings) {
    settings.ping_every = 100ms;
    settings.pong_timeout = 200ms;
  }

  WsClient& start(WsSettings settings) {
    WsHandlers handlers;
    handlers.headers = [this]() -> Result<std::vector<HttpHeader>> {
      const std::lock_guard lock(mutex_);
      return std::vector<HttpHeader>{{"Authorization", "Bearer " + std::to_string(++tokens_)}};
    };
    handlers.opened = [this] { client_->send_text(first_words_); };
    handlers.message = [this](WsMessage message) {
      if (on_message) on_message();
      const std::lock_guard lock(mutex_);
      messages_.push_back(std::move(message.data));
      changed_.notify_all();
    };
    handlers.state = [this](WsState state, const std::string& reason) {
      const std::lock_guard lock(mutex_);
      if (state == WsState::kDisconnected) reasons_.push_back(reason);
      changed_.notify_all();
    };
    auto client = WsClient::make(threads_, std::move(settings), std::move(handlers),
                                 boost::asio::make_strand(threads_.context()));
    client_ = std::move(client.value());
    client_->start();
    return *client_;
  }

  template <class Condition>
  bool wait_until(const Condition& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
  }
  std::string first_reason() {
    wait_until([this] { return !reasons_.empty(); });
    client_->stop();
    return reasons_.empty() ? "" : reasons_.front();
  }
  // Runs one connection's script and returns why the client gave it up.
  std::string reason_after(const std::function<void(Peer&)>& script,
                           const std::function<void(WsSettings&)>& adjust = {}) {
    HostileServer server([&](Peer& peer, int number) {
      if (number == 0) script(peer);
    });
    WsSettings settings = patient(server.origin());
    if (adjust) adjust(settings);
    start(std::move(settings));
    return first_reason();
  }

  std::function<void()> on_message;
  std::string first_words_ = "subscribe";
  std::mutex mutex_;
  std::condition_variable changed_;
  int tokens_ = 0;
  std::vector<std::string> messages_;
  std::vector<std::string> reasons_;
  std::unique_ptr<WsClient> client_;
};

TEST_F(WsClientTest, SubscribesAndReadsTextAndBinary) {
  HostileServer server([](Peer& peer, int) {
    const std::string request = ws_accept(peer);
    EXPECT_EQ(request.find("Origin"), std::string::npos);
    EXPECT_NE(request.find("Authorization: Bearer 1\r\n"), std::string::npos);
    EXPECT_EQ(request.substr(0, 22), "GET /websocket/v1 HTTP");
    WsReader reader(peer);
    EXPECT_EQ(reader.next().payload, "subscribe");
    peer.write(ws_frame(1, "text") + ws_frame(2, std::string(70000, 'b')));
    while (reader.next().opcode >= 0) continue;
  });
  start(patient(server.origin()));
  EXPECT_TRUE(wait_until([this] { return messages_.size() == 2; }));
  client_->stop();
  EXPECT_EQ(messages_[0], "text");
  EXPECT_EQ(messages_[1].size(), 70000U);
  EXPECT_EQ(client_->state(), WsState::kStopped);
}

TEST_F(WsClientTest, SpeaksTls) {
  const TestCertificates certificates;
  HostileServer server(
      [](Peer& peer, int) {
        ws_accept(peer);
        peer.write(ws_frame(1, "hello"));
        WsReader reader(peer);
        while (reader.next().opcode >= 0) continue;
      },
      &certificates);
  WsSettings settings = patient(server.origin("localhost"));
  settings.ca_file = certificates.ca_file();
  start(settings);
  EXPECT_TRUE(wait_until([this] { return messages_.size() == 1; }));
  client_->stop();
}

TEST_F(WsClientTest, RefusesACertificateOfAnotherHost) {
  const TestCertificates certificates("api.upbit.com");
  HostileServer server([](Peer&, int) { FAIL(); }, &certificates);
  WsSettings settings = patient(server.origin("localhost"));
  settings.ca_file = certificates.ca_file();
  start(settings);
  EXPECT_EQ(first_reason().substr(0, 4), "tls:");
}

TEST_F(WsClientTest, ComesBackWithAFreshTokenAfterACut) {
  HostileServer server([](Peer& peer, int number) {
    const std::string request = ws_accept(peer);
    EXPECT_NE(request.find("Bearer " + std::to_string(number + 1)), std::string::npos);
    peer.write(ws_frame(1, std::to_string(number)));
    if (number < 3) return;
    WsReader reader(peer);
    while (reader.next().opcode >= 0) continue;
  });
  start(patient(server.origin()));
  EXPECT_TRUE(wait_until([this] { return messages_.size() == 4; }));
  client_->stop();
  EXPECT_EQ(messages_, (std::vector<std::string>{"0", "1", "2", "3"}));
}

TEST_F(WsClientTest, NoticesAPeerThatClosesWithoutACloseFrame) {
  EXPECT_EQ(reason_after([](Peer& peer) {
              ws_accept(peer);
              WsReader(peer).next();
            }),
            "closed without a close frame");
}

TEST_F(WsClientTest, NoticesAResetPeer) {
  EXPECT_EQ(reason_after([](Peer& peer) {
              ws_accept(peer);
              peer.reset();
            }).substr(0, 17),
            "connection closed");
}

TEST_F(WsClientTest, NoticesAPeerThatNeverPongs) {
  const auto script = [](Peer& peer) {
    ws_accept(peer);
    EXPECT_EQ(peer.wait_for_end(), PeerEnd::kReset);
  };
  EXPECT_EQ(reason_after(script, ping_often), "pong timeout");
}

TEST_F(WsClientTest, UnaskedPongsDoNotKeepADeadPeerAlive) {
  const auto script = [](Peer& peer) {
    ws_accept(peer);
    while (peer.write(ws_frame(10, "x"))) std::this_thread::sleep_for(10ms);
  };
  EXPECT_EQ(reason_after(script, ping_often), "pong timeout");
}

TEST_F(WsClientTest, PongsKeepASilentConnection) {
  std::promise<void> pinged;
  HostileServer server([&](Peer& peer, int) {
    ws_accept(peer);
    WsReader reader(peer);
    int pings = 0;
    for (WsFrame frame = reader.next(); frame.opcode >= 0; frame = reader.next()) {
      if (frame.opcode != 9) continue;
      peer.write(ws_frame(10, frame.payload));
      if (++pings == 5) pinged.set_value();
    }
  });
  WsSettings settings = patient(server.origin());
  settings.ping_every = 50ms;
  start(settings);
  // The next ping goes out only after the pong of the last one.
  EXPECT_EQ(pinged.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(client_->state(), WsState::kConnected);
  client_->stop();
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(WsClientTest, SilenceOfDataCountsEvenWithPongsIfAsked) {
  HostileServer server([](Peer& peer, int) {
    ws_accept(peer);
    WsReader reader(peer);
    for (WsFrame frame = reader.next(); frame.opcode >= 0; frame = reader.next()) {
      if (frame.opcode == 9) peer.write(ws_frame(10, frame.payload));
    }
  });
  WsSettings settings = patient(server.origin());
  settings.ping_every = 50ms;
  settings.data_idle = 300ms;
  start(settings);
  EXPECT_EQ(first_reason(), "no data");
}

TEST_F(WsClientTest, HugeMessageDropsTheConnectionWithoutBeingRead) {
  EXPECT_EQ(reason_after([](Peer& peer) {
              ws_accept(peer);
              peer.write(ws_frame(1, "x", 1 << 21));
              peer.wait_for_end();
            }).substr(0, 15),
            "protocol error:");
  EXPECT_TRUE(messages_.empty());
}

TEST_F(WsClientTest, BadTextAndReservedOpcodesDropTheConnection) {
  for (const std::string& frame :
       {ws_frame(1, "\xff\xfe"), ws_frame(5, "x"), std::string("\xf1\x01x"), ws_frame(0, "x")}) {
    reasons_.clear();
    const std::string reason = reason_after([&](Peer& peer) {
      ws_accept(peer);
      peer.write(frame);
      peer.wait_for_end();
    });
    EXPECT_EQ(reason.substr(0, 15), "protocol error:") << reason;
  }
}

TEST_F(WsClientTest, AnswersACloseAndSaysItsCode) {
  EXPECT_EQ(reason_after([](Peer& peer) {
              ws_accept(peer);
              peer.write(ws_frame(8, "\x03\xe9"));
              WsReader reader(peer);
              WsFrame frame = reader.next();
              while (frame.opcode >= 0 && frame.opcode != 8) frame = reader.next();
              EXPECT_EQ(frame.opcode, 8);
            }),
            "closed by peer 1001");
}

// The close comes while the client still writes: what it writes and its answer must both arrive.
TEST_F(WsClientTest, AnswersACloseBehindWhatItIsWriting) {
  first_words_.assign(3'900'000, 's');
  std::string words;
  int last = -1;
  EXPECT_EQ(reason_after([&](Peer& peer) {
              ws_accept(peer);
              WsReader reader(peer);
              peer.wait_for_data();
              peer.write(ws_frame(8, "\x03\xe9"));
              std::this_thread::sleep_for(50ms);
              words = reader.next().payload;
              last = reader.next().opcode;
            }),
            "closed by peer 1001");
  EXPECT_EQ(words.size(), first_words_.size());
  EXPECT_EQ(last, 8);
}

TEST_F(WsClientTest, RefusedUpgradeSaysItsStatus) {
  EXPECT_EQ(reason_after([](Peer& peer) {
              peer.read_request();
              peer.answer(429, "slow down");
              peer.wait_for_end();
            }),
            "upgrade refused: 429");
}

TEST_F(WsClientTest, HandshakeThatIsNeverAnsweredTimesOut) {
  const auto script = [](Peer& peer) { peer.wait_for_end(); };
  const auto adjust = [](WsSettings& settings) { settings.connect = 200ms; };
  EXPECT_EQ(reason_after(script, adjust), "connect timeout");
}

TEST_F(WsClientTest, SlowOwnerStopsTheSocketInsteadOfFillingMemory) {
  std::atomic<std::size_t> sent{0};
  HostileServer server([&](Peer& peer, int) {
    ws_accept(peer);
    const std::string frame = ws_frame(1, std::string(60000, 'x'));
    while (sent < 4000 && peer.write(frame)) ++sent;
  });
  WsSettings settings = patient(server.origin());
  settings.max_inbound = 4;
  settings.ping_every = 500ms;
  settings.pong_timeout = 1s;
  settings.backoff = {kPatience};
  on_message = [this] {
    const auto until = std::chrono::steady_clock::now() + kPatience / 4;
    while (client_->state() != WsState::kDisconnected && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(5ms);
    }
  };
  start(settings);
  EXPECT_EQ(first_reason(), "the owner reads too slowly");
  EXPECT_LT(sent, 1000U);
}

TEST_F(WsClientTest, SlowOwnerLosesNoMessageWhileTheConnectionLives) {
  HostileServer server([](Peer& peer, int) {
    ws_accept(peer);
    for (int i = 0; i < 500; ++i) peer.write(ws_frame(1, std::to_string(i)));
    WsReader reader(peer);
    while (reader.next().opcode >= 0) continue;
  });
  WsSettings settings = patient(server.origin());
  settings.max_inbound = 4;
  on_message = [] { std::this_thread::sleep_for(1ms); };
  start(settings);
  ASSERT_TRUE(wait_until([this] { return messages_.size() == 500; }));
  client_->stop();
  for (std::size_t i = 0; i < 500; ++i) ASSERT_EQ(messages_[i], std::to_string(i));
}

TEST_F(WsClientTest, NothingIsCalledAfterStop) {
  HostileServer server([](Peer& peer, int) {
    ws_accept(peer);
    while (peer.write(ws_frame(1, "x"))) continue;
  });
  start(patient(server.origin()));
  wait_until([this] { return messages_.size() > 10; });
  client_->stop();
  const std::size_t count = messages_.size();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(messages_.size(), count);
}

TEST_F(WsClientTest, StopsAtOnceWhileItWaitsToReconnect) {
  Origin nobody;
  {
    HostileServer server([](Peer&, int) {});
    nobody = server.origin();
  }
  WsSettings settings = patient(nobody);
  settings.backoff = {60s};
  start(settings);
  wait_until([this] { return !reasons_.empty(); });
  const auto begin = std::chrono::steady_clock::now();
  client_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
}

TEST_F(WsClientTest, FramesBeyondTheQueueAreRefused) {
  HostileServer server([](Peer& peer, int) {
    ws_accept(peer);
    std::this_thread::sleep_for(300ms);
  });
  WsSettings settings = patient(server.origin());
  settings.max_outbound = 3;
  start(settings);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (client_->state() != WsState::kConnected && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(2ms);
  }
  int refused = 0;
  for (int i = 0; i < 1000; ++i) refused += client_->send_text("x") ? 0 : 1;
  EXPECT_GT(refused, 0);
  client_->stop();
  EXPECT_FALSE(client_->send_text("x"));
}

}  // namespace
}  // namespace everbit::net::testing
