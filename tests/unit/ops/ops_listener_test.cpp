#include "ops/ops_listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "base/metrics.h"

namespace everbit::ops {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A plain socket, because a decent HTTP client would not send what these tests send.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }

  bool send(std::string_view text) {
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  // What comes until the peer closes, or until `until` stands in it.
  std::string receive(std::string_view until = "\x01") {
    const auto deadline = Deadline::after(seconds(20));
    std::string text;
    while (text.find(until) == std::string::npos) {
      pollfd waiting{fd_, POLLIN, 0};
      const auto left = std::chrono::ceil<milliseconds>(deadline.remaining()).count();
      if (::poll(&waiting, 1, static_cast<int>(left)) <= 0) return text + "<timeout>";
      char buffer[4096];
      const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int fd_;
  bool connected_ = false;
};

class Listener : public testing::Test {
 protected:
  void start(OpsListenerOptions options = {}) {
    options.listen = {"127.0.0.1", 0};
    auto started =
        OpsListener::start(std::move(options), health_, [this] { return metrics_.text(); });
    ASSERT_TRUE(started) << to_string(started.error());
    listener_ = std::move(*started);
  }

  std::string ask(std::string_view request) {
    Client client(listener_->port());
    client.send(request);
    return client.receive();
  }

  Health health_;
  Metrics metrics_;
  std::unique_ptr<OpsListener> listener_;
};

TEST_F(Listener, ServesHealthAndMetrics) {
  start();
  metrics_.counter({"everbit_test_total", "for this test"}).add(3);
  const std::string scrape =
      ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(scrape, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(scrape, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(scrape, HasSubstr("everbit_test_total 3\n"));
  health_.set("database", false);
  EXPECT_THAT(ask("GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 503 "));
}

TEST_F(Listener, AWebPageThatResolvesItsNameToThisAddressLearnsNothing) {
  start();
  metrics_.counter({"everbit_test_total", "for this test"}).add(3);
  const std::string answer =
      ask("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(answer, HasSubstr("HOST_NOT_ALLOWED"));
  EXPECT_THAT(answer, Not(HasSubstr("everbit_test_total")));
}

TEST_F(Listener, HeadHasTheHeadersOfGetAndNoBody) {
  start();
  const std::string answer =
      ask("HEAD /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 29\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(Listener, KeepsAConnectionForTheNextScrape) {
  start();
  Client client(listener_->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_THAT(client.receive("null}"), StartsWith("HTTP/1.1 200 OK"));
  }
}

TEST_F(Listener, ASlowClientIsCutOffAtTheDeadlineHoweverItTrickles) {
  OpsListenerOptions options;
  options.patience = milliseconds(300);
  start(std::move(options));
  Client client(listener_->port());
  const auto begun = std::chrono::steady_clock::now();
  client.send("GET /metrics HTTP/1.1\r\nHost: local");
  std::thread trickle([&] {
    for (int i = 0; i < 400 && client.send("h"); ++i) std::this_thread::sleep_for(milliseconds(50));
  });
  EXPECT_EQ(client.receive(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(15));
  trickle.join();
}

TEST_F(Listener, AnOversizedHeaderIsRefused) {
  start();
  EXPECT_THAT(
      ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9000, 'a') + "\r\n\r\n"),
      StartsWith("HTTP/1.1 431 "));
}

TEST_F(Listener, TakesNoBody) {
  start();
  EXPECT_THAT(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nhello\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(Listener, RefusesWhatIsNoHttp) {
  start();
  for (const char* text : {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", "GET\r\n\r\n",
                           "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"}) {
    EXPECT_THAT(ask(text), StartsWith("HTTP/1.1 400 ")) << text;
  }
  EXPECT_THAT(ask("GET /metrics HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(ask("DELETE /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
              HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_THAT(ask("GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
              HasSubstr("ROUTE_UNKNOWN"));
}

TEST_F(Listener, HoldsNoMoreConnectionsThanItsLimit) {
  OpsListenerOptions options;
  options.connections = 2;
  start(std::move(options));
  const std::string request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  Client first(listener_->port());
  Client second(listener_->port());
  first.send(request);
  second.send(request);
  first.receive("null}");
  second.receive("null}");
  Client third(listener_->port());
  EXPECT_EQ(third.receive(), "");
  first.send(request);
  EXPECT_THAT(first.receive("null}"), HasSubstr("200 OK"));
}

TEST_F(Listener, ManyThreadsScrapeWhileStateChanges) {
  start();
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_THAT(
            ask("GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
            StartsWith("HTTP/1.1 "));
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    health_.set("database", true, std::to_string(i));
    metrics_.gauge({"everbit_test", "for this test"}).set(i);
    listener_->set_hosts({"a", std::to_string(i)});
  }
  for (auto& thread : threads) thread.join();
}

TEST_F(Listener, StopsWithConnectionsOpen) {
  start();
  Client client(listener_->port());
  client.send("GET /health");
  listener_.reset();
  EXPECT_EQ(client.receive(), "");
}

TEST_F(Listener, NeverBindsWhereTheInternetIsNorWhereAnotherListens) {
  for (const char* host : {"0.0.0.0", "8.8.8.8", "::", "example.com", ""}) {
    OpsListenerOptions options;
    options.listen = {host, 0};
    const auto refused = OpsListener::start(std::move(options), health_, [] { return ""; });
    ASSERT_FALSE(refused) << host;
    EXPECT_EQ(refused.error().code, "LISTEN_PUBLIC");
  }
  start();
  OpsListenerOptions options;
  options.listen = {"127.0.0.1", listener_->port()};
  const auto refused = OpsListener::start(std::move(options), health_, [] { return ""; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "LISTEN_FAILED");
}

}  // namespace
}  // namespace everbit::ops
