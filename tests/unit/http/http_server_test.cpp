#include "http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "support/raw_client.h"

namespace everbit::http {
namespace {

using namespace std::chrono_literals;
using test::ask;
using test::ask_raw;
using test::RawClient;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr gid_t kNobody = 65534;

class UnixServer : public testing::Test {
 protected:
  UnixServer() {
    std::string name = (std::filesystem::temp_directory_path() / "everbit-http-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    socket_ = folder_ / "a.sock";
  }
  ~UnixServer() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start(ServerLimits limits = {}, gid_t group = getegid()) {
    auto started = HttpServer::listen(socket_, group, limits,
                                      [this](const Request& request) { return answer(request); });
    ASSERT_TRUE(started) << to_string(started.error());
    server_ = std::move(*started);
  }

  Response answer(const Request& request) {
    if (request.target == "/throw") throw std::runtime_error("a bug");
    if (request.target == "/wait") {
      while (!let_go_) std::this_thread::sleep_for(1ms);
    }
    Response response;
    response.replayed = request.idempotency_key == "k-1";
    response.body = request.method + " " + request.target + " " + request.body + " uid=" +
                    std::to_string(request.peer ? static_cast<int>(request.peer->uid) : -1) +
                    " key=" + request.idempotency_key.value_or("none");
    return response;
  }

  std::filesystem::path folder_;
  std::filesystem::path socket_;
  std::atomic<bool> let_go_ = false;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(UnixServer, TellsTheHandlerWhoAsksAndEachAnswerHasAnId) {
  start();
  const auto got = ask(socket_, "PUT", "/x?y=1", "{}");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(got, HasSubstr("X-Request-Id: "));
  EXPECT_THAT(got, HasSubstr("PUT /x?y=1 {} uid=" + std::to_string(getuid())));
}

TEST_F(UnixServer, HandsOnTheKeyOfARequestAndSaysThatAnAnswerIsRepeated) {
  start();
  const auto post = [&](const std::string& headers) {
    return ask_raw(socket_, "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                                headers + "Content-Length: 0\r\n\r\n");
  };
  EXPECT_THAT(post(""),
              testing::AllOf(HasSubstr(" key=none"), testing::Not(HasSubstr("Idempotent-Replay"))));
  EXPECT_THAT(post("idempotency-key: k-1\r\n"),
              testing::AllOf(HasSubstr(" key=k-1"), HasSubstr("Idempotent-Replay: true\r\n")));
  EXPECT_THAT(post("Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), HasSubstr(" key=a, b"));
}

TEST_F(UnixServer, TheSocketIsForItsGroupAlone) {
  start();
  struct stat file {};
  ASSERT_EQ(stat(socket_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777U, 0660U);
  EXPECT_EQ(file.st_gid, getegid());
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(socket_));
}

// The mode of the file is the first wall; this is the second, for when somebody changed it.
TEST_F(UnixServer, AStrangerWhoGetsToTheSocketIsToldNoAndTheHandlerNothing) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  start();
  ASSERT_EQ(chmod(folder_.c_str(), 0755), 0);
  ASSERT_EQ(chmod(socket_.c_str(), 0666), 0);
  const std::string socket = socket_.string();
  const pid_t child = fork();
  if (child == 0) {
    if (setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(2);
    const bool refused = ask(socket, "GET", "/x").find("HTTP/1.1 403") == 0;
    _exit(refused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(UnixServer, WhoIsInTheGroupMayPass) {
  const UnixPeer member{1000, {1000, 77}};
  EXPECT_TRUE(member.may_pass(77));
  EXPECT_FALSE(member.may_pass(78));
  EXPECT_TRUE((UnixPeer{0, {0}}).may_pass(78));
}

TEST_F(UnixServer, AServerThatLivesIsNotReplacedADeadOnesSocketIs) {
  start();
  const auto second =
      HttpServer::listen(socket_, getegid(), {}, [](const Request&) { return Response(); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "LISTEN_FAILED");
  EXPECT_THAT(ask(socket_, "GET", "/x"), HasSubstr("200 OK"));
  server_.reset();
  {
    // What kill -9 leaves.
    const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = socket_.string();
    std::copy(name.begin(), name.end(), address.sun_path);
    ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(left);
  }
  start();
  EXPECT_THAT(ask(socket_, "GET", "/x"), HasSubstr("200 OK"));
}

TEST_F(UnixServer, AFileThatIsNoSocketIsLeftAlone) {
  std::ofstream(socket_) << "somebody's";
  const auto refused =
      HttpServer::listen(socket_, getegid(), {}, [](const Request&) { return Response(); });
  ASSERT_FALSE(refused);
  EXPECT_TRUE(std::filesystem::is_regular_file(socket_));
}

TEST_F(UnixServer, WhatIsTooLargeIsRefusedInPage50sWords) {
  start({.header_bytes = 1024, .body_bytes = 64});
  const std::string large(2000, 'x');
  EXPECT_THAT(ask_raw(socket_, "GET / HTTP/1.1\r\nHost: a\r\nX: " + large + "\r\n\r\n"),
              HasSubstr("HTTP/1.1 431"));
  const auto body = ask(socket_, "PUT", "/", large);
  EXPECT_THAT(body, HasSubstr("HTTP/1.1 413"));
  EXPECT_THAT(body, HasSubstr("\"code\":\"PAYLOAD_TOO_LARGE\""));
  EXPECT_THAT(
      ask_raw(socket_, "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" +
                           std::string(128, 'x') + "\r\n0\r\n\r\n"),
      HasSubstr("HTTP/1.1 413"));
}

TEST_F(UnixServer, WhatIsNoHttpIsRefused) {
  start();
  for (const char* nonsense :
       {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "GET\t/ HTTP/1.1\r\n\r\n"}) {
    EXPECT_THAT(ask_raw(socket_, nonsense), StartsWith("HTTP/1.1 400")) << nonsense;
  }
}

TEST_F(UnixServer, WhoSendsByteByByteGainsNoTime) {
  start({.header_patience = 200ms, .body_patience = 200ms});
  const RawClient slow_header(socket_);
  slow_header.send("GET / HT");
  EXPECT_THAT(slow_header.receive(), IsEmpty());
  const RawClient slow_body(socket_);
  slow_body.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx");
  EXPECT_THAT(slow_body.receive(), IsEmpty());
}

TEST_F(UnixServer, ConnectionsOverTheLimitAreClosedAndRoomIsGivenBack) {
  start({.connections = 1});
  {
    const RawClient first(socket_);
    ASSERT_TRUE(first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_THAT(first.receive("/1"), HasSubstr("200 OK"));
    EXPECT_THAT(ask(socket_, "GET", "/2"), IsEmpty());
  }
  std::string later;
  for (int i = 0; i < 2000 && later.empty(); ++i) {
    later = ask(socket_, "GET", "/3");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_THAT(later, HasSubstr("200 OK"));
}

TEST_F(UnixServer, AConnectionServesOneRequestAfterAnother) {
  start({.workers = 2});
  const RawClient client(socket_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_THAT(client.receive("uid="), HasSubstr("200 OK"));
  }
}

TEST_F(UnixServer, AHandlerThatWaitsHoldsUpNobodyElse) {
  start({.workers = 2});
  const RawClient waits(socket_);
  waits.send("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(ask(socket_, "GET", "/now"), HasSubstr("200 OK"));
  let_go_ = true;
  EXPECT_THAT(waits.receive(), HasSubstr("200 OK"));
}

TEST_F(UnixServer, AHandlerThatThrowsIsA500WithoutItsWords) {
  start({.workers = 1});
  const auto got = ask(socket_, "GET", "/throw");
  EXPECT_THAT(got, HasSubstr("HTTP/1.1 500"));
  EXPECT_THAT(got, HasSubstr("UNEXPECTED_ERROR"));
  EXPECT_EQ(got.find("a bug"), std::string::npos);
}

TEST_F(UnixServer, EndsWhileSomebodyIsConnectedAndACallIsUnderWay) {
  start({.workers = 2});
  const RawClient idle(socket_);
  const RawClient waits(socket_);
  waits.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  std::thread release([this] { let_go_ = true; });
  server_.reset();
  release.join();
  EXPECT_THAT(idle.receive(), IsEmpty());
}

}  // namespace
}  // namespace everbit::http
