#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <openssl/evp.h>

#include "net/http_client.h"
#include "net/io_threads.h"
#include "net/tls_context.h"
#include "plugins/unique_fd.h"
#include "unit/plugins/actor.h"

namespace everbit::plugins::test {
namespace {

// A server for one connection on a free loopback port: reads a request, then answers or keeps
// silent.
class OneShotServer {
 public:
  explicit OneShotServer(std::string answer) : answer_(std::move(answer)) {
    listening_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listening_.get(), generic, sizeof address), 0);
    EXPECT_EQ(::listen(listening_.get(), 4), 0);
    socklen_t size = sizeof address;
    ::getsockname(listening_.get(), generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneShotServer() {
    stopping_ = true;
    thread_.join();
  }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  bool got_request() const { return got_request_; }

 private:
  void serve() {
    UniqueFd peer;
    while (!stopping_) {
      struct pollfd waiting {
        peer ? peer.get() : listening_.get(), POLLIN, 0
      };
      if (::poll(&waiting, 1, 10) <= 0) continue;
      if (!peer) {
        peer = UniqueFd(::accept(listening_.get(), nullptr, nullptr));
        continue;
      }
      char buffer[4096];
      const ssize_t got = ::recv(peer.get(), buffer, sizeof buffer, 0);
      if (got <= 0) return;
      got_request_ = true;
      if (answer_ == "websocket") {
        const std::string upgrade = accept_websocket({buffer, static_cast<std::size_t>(got)});
        ::send(peer.get(), upgrade.data(), upgrade.size(), MSG_NOSIGNAL);
        answer_.clear();
        continue;
      }
      if (!answer_.empty()) ::send(peer.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  // The handshake's answer, and a first text frame "hi".
  static std::string accept_websocket(std::string_view request) {
    constexpr std::string_view kName = "Sec-WebSocket-Key: ";
    const auto at = request.find(kName);
    if (at == std::string_view::npos) return "HTTP/1.1 400 Bad Request\r\n\r\n";
    const auto key = request.substr(at + kName.size(), 24);
    const std::string joined = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[20];
    unsigned char text[32];
    EVP_Digest(joined.data(), joined.size(), digest, nullptr, EVP_sha1(), nullptr);
    EVP_EncodeBlock(text, digest, sizeof digest);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           std::string(reinterpret_cast<const char*>(text)) + "\r\n\r\n\x81\x02hi";
  }

  std::string answer_;
  UniqueFd listening_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> got_request_{false};
  std::thread thread_;
};

class HttpServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    io_.start();
    auto client = net::HttpClient::make(io_, {});
    ASSERT_TRUE(client);
    client_ = std::move(*client);
  }
  void TearDown() override {
    if (instance_) {
      EXPECT_TRUE(instance_->close(soon()));
    }
    client_->stop();
    io_.stop();
  }

  Instance& run(const std::string& authority, bool allowed = true,
                const std::string& scheme = "http") {
    InstanceOptions options;
    options.name = "actor";
    options.clock = &clock_;
    options.strand = make_asio_strand(io_.context());
    // A busy machine is no fault of the plugin's.
    options.budget.reset();
    options.services.http = client_.get();
    options.services.io = &io_;
    options.services.tls = tls_;
    options.services.workers = std::make_shared<WorkerPool>(1);
    if (allowed) options.services.plain_origins = {authority};
    options.params = {{"url", scheme + "://" + authority + "/x"}};
    instance_ = Instance::create(actor(), std::move(options)).value();
    EXPECT_TRUE(on_strand(*instance_, [&] { return instance_->start(); }));
    EXPECT_EQ(story(*instance_), "start;");
    return *instance_;
  }

  SystemClock clock_;
  net::IoThreads io_{2, "test-io"};
  std::shared_ptr<boost::asio::ssl::context> tls_ = net::make_tls_context("").value();
  std::unique_ptr<net::HttpClient> client_;
  std::shared_ptr<Instance> instance_;
};

void wait_for_request(const OneShotServer& server) {
  const auto deadline = soon();
  while (!server.got_request() && !deadline.expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_F(HttpServiceTest, AnAnswerComesAsOneEvent) {
  const OneShotServer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  auto& instance = run(server.authority());
  ASSERT_TRUE(act(instance, kHttp).ok());
  EXPECT_EQ(story_with(instance, "done:"), "done:0;hello;");
}

TEST_F(HttpServiceTest, WithoutAConnectionNothingWasSent) {
  std::string authority;
  { authority = OneShotServer("").authority(); }
  auto& instance = run(authority);
  ASSERT_TRUE(act(instance, kHttp).ok());
  EXPECT_EQ(story_with(instance, "done:"), "done:-402;;");
}

TEST_F(HttpServiceTest, ACallThatIsCutOffAfterItsFirstByteIsOfUnknownOutcomeNeverCancelled) {
  const OneShotServer silent("");
  auto& instance = run(silent.authority());
  ASSERT_TRUE(act(instance, kHttp).ok());
  wait_for_request(silent);
  ASSERT_TRUE(act(instance, kHttpCancel).ok());
  EXPECT_EQ(story_with(instance, "done:"), "done:-700;;");
}

TEST_F(HttpServiceTest, StoppingEndsAnOpenCallOnce) {
  const OneShotServer silent("");
  auto& instance = run(silent.authority());
  ASSERT_TRUE(act(instance, kHttp).ok());
  wait_for_request(silent);
  ASSERT_TRUE(on_strand(instance, [&] { return instance.stop(); }));
  EXPECT_EQ(story(instance), "done:-700;;stop;");
}

TEST_F(HttpServiceTest, APlainOriginThatTheSettingsDoNotNameIsRefused) {
  const OneShotServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  auto& instance = run(server.authority(), false);
  EXPECT_EQ(act(instance, kHttp).status, EB_ERR_ARGUMENT);
  EXPECT_FALSE(server.got_request());
}

TEST_F(HttpServiceTest, AWebSocketTellsOfItsOpeningItsMessagesAndNothingAfterItWasClosed) {
  const OneShotServer server("websocket");
  auto& instance = run(server.authority(), true, "ws");
  ASSERT_TRUE(act(instance, kWs).ok());
  EXPECT_EQ(story_with(instance, "hi"), "ws:1;ws:2;hi");
  ASSERT_TRUE(act(instance, kWsClose).ok());
  EXPECT_EQ(act(instance, kWsClose).status, EB_ERR_NOT_FOUND);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(story(instance), "");
}

}  // namespace
}  // namespace everbit::plugins::test
