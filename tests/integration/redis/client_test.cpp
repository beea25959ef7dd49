#include "redis/client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "integration/redis/private_redis.h"

namespace everbit::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::PrivateRedis;

// A busy machine is no silent Redis: only the tests of the time limit have the real one.
ClientSettings patient(const PrivateRedis& server) {
  ClientSettings settings = server.client_settings();
  settings.deadline = seconds(10);
  return settings;
}

milliseconds time_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
}

template <class Condition>
bool comes_true(Condition condition) {
  const Deadline deadline = Deadline::after(seconds(20));
  while (!condition()) {
    if (deadline.expired()) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

TEST(RedisClient, GivesEveryKindOfReplyItsType) {
  const PrivateRedis server;
  Client client(patient(server));
  EXPECT_TRUE(client.command({"GET", "nothing"})->is_nil());
  EXPECT_EQ(*client.command({"SET", "a", std::string_view("x\0y", 3)})->text(), "OK");
  EXPECT_EQ(*client.command({"GET", "a"})->text(), std::string("x\0y", 3));
  EXPECT_EQ(client.command({"INCR", "n"})->number(), 1);
  ASSERT_TRUE(client.command({"RPUSH", "l", "1", "2"}));
  const Reply list = *client.command({"LRANGE", "l", "0", "-1"});
  ASSERT_EQ(list.list()->size(), 2U);
  EXPECT_EQ(*list.list()->back().text(), "2");
  EXPECT_FALSE(list.number_at(0)) << "text is no number";
  EXPECT_FALSE(list.number_at(2));
}

TEST(RedisClient, TakesAnErrorReplyForAnErrorAndKeepsTheConnection) {
  const PrivateRedis server;
  Client client(patient(server));
  ASSERT_TRUE(client.command({"SET", "a", "x"}));
  const auto refused = client.command({"LPUSH", "a", "1"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "REDIS_REFUSED");
  EXPECT_TRUE(refused.error().message.starts_with("WRONGTYPE"));
  EXPECT_EQ(client.stats().open, 1U);
  EXPECT_EQ(client.stats().failures, 0U);
  EXPECT_TRUE(client.command({"PING"}));
}

TEST(RedisClient, RunsAScriptThatRedisDoesNotKnowOrHasForgotten) {
  const PrivateRedis server;
  Client client(patient(server));
  const Script script("return {KEYS[1], ARGV[1], 7}");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 2; ++i) {
      const auto reply = client.eval(script, {"k"}, {"v"});
      ASSERT_TRUE(reply) << to_string(reply.error());
      EXPECT_EQ(*reply->list()->at(0).text(), "k");
      EXPECT_EQ(reply->number_at(2), 7);
    }
    ASSERT_TRUE(client.command({"SCRIPT", "FLUSH"}));
  }
}

TEST(RedisClient, LogsInAndKeepsToItsDatabase) {
  const PrivateRedis server("requirepass open\nuser ev on >se@same ~* +@all");
  for (const auto& [login, works] : {std::pair(":open@", true), std::pair("ev:se%40same@", true),
                                     std::pair(":wrong@", false), std::pair("", false)}) {
    ClientSettings settings{parse_address(server.url(login) + "?db=1").value(), seconds(10)};
    Client client(settings);
    const auto reply = client.command({"SET", "k", "v"});
    EXPECT_EQ(reply.has_value(), works) << login;
    const std::string said = reply ? "" : to_string(reply.error());
    EXPECT_EQ(said.find("wrong"), std::string::npos) << "the password is told";
  }
  Client other({parse_address(server.url(":open@")).value(), seconds(10)});
  EXPECT_TRUE(other.command({"GET", "k"})->is_nil()) << "another database";
}

TEST(RedisClient, FrozenRedisCostsNoMoreThanTheDeadlineAndThenNothing) {
  const PrivateRedis server;
  ClientSettings settings = server.client_settings();
  Client client(settings);
  ASSERT_TRUE(comes_true([&] { return client.command({"PING"}).has_value(); }));
  server.freeze();
  for (int i = 0; i < 2; ++i) {
    milliseconds took{};
    Result<Reply> reply = Error("", "");
    took = time_of([&] { reply = client.command({"PING"}); });
    EXPECT_EQ(reply.error().code, "REDIS_TIMEOUT");
    EXPECT_GE(took, milliseconds(45));
    EXPECT_LT(took, seconds(5));
  }
  // Refused at once, if it is asked while the pause of the last failure runs.
  EXPECT_TRUE(
      comes_true([&] { return client.command({"PING"}).error().code == "REDIS_UNAVAILABLE"; }));
  server.thaw();
  EXPECT_TRUE(comes_true([&] { return client.command({"PING"}).has_value(); }));
}

TEST(RedisClient, ComesBackAfterAKilledRedisWithoutTakingAnOldConnection) {
  PrivateRedis server;
  Client client(patient(server));
  ASSERT_TRUE(client.command({"SET", "a", "1"}));
  server.kill();
  EXPECT_FALSE(client.command({"GET", "a"}));
  EXPECT_FALSE(client.command({"GET", "a"}));
  server.start();
  EXPECT_TRUE(comes_true([&] { return client.command({"GET", "a"}).has_value(); }));
  EXPECT_TRUE(client.command({"GET", "a"})->is_nil());
}

TEST(RedisClient, LateReplyIsNeverTakenForTheNextCommands) {
  const PrivateRedis server;
  ClientSettings settings = server.client_settings();
  settings.max_connections = 1;
  Client client(settings);
  ASSERT_TRUE(comes_true([&] { return client.command({"SET", "a", "old"}).has_value(); }));
  server.freeze();
  EXPECT_FALSE(client.command({"GET", "a"}));
  server.thaw();
  ASSERT_TRUE(comes_true([&] { return client.command({"PING"}).has_value(); }));
  Result<Reply> echo = Error("", "");
  ASSERT_TRUE(comes_true([&] { return (echo = client.command({"ECHO", "new"})).has_value(); }));
  EXPECT_EQ(*echo->text(), "new");
}

// A server that sends a reply byte by byte for as long as anybody listens.
class DrippingServer {
 public:
  DrippingServer() : path_("/tmp/everbit-drip-" + std::to_string(::getpid()) + ".sock") {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    std::strncpy(local.sun_path, path_.c_str(), sizeof local.sun_path - 1);
    ::unlink(path_.c_str());
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0 ||
        ::listen(listener_, 4) != 0) {
      throw std::runtime_error("no socket");
    }
    thread_ = std::thread([this] { drip(); });
  }
  ~DrippingServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    ::unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  void drip() const {
    for (;;) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      if (::send(client, "+", 1, MSG_NOSIGNAL) == 1) {
        while (::send(client, "x", 1, MSG_NOSIGNAL) == 1) {
          std::this_thread::sleep_for(milliseconds(5));
        }
      }
      ::close(client);
    }
  }

  const std::string path_;
  int listener_ = -1;
  std::thread thread_;
};

TEST(RedisClient, DrippingServerDoesNotStretchTheDeadline) {
  const DrippingServer server;
  ClientSettings settings;
  settings.address.socket_path = server.path();
  Client client(settings);
  EXPECT_EQ(client.command({"PING"}).error().code, "REDIS_TIMEOUT");
}

TEST(RedisClient, MoreThreadsThanConnectionsShareThem) {
  const PrivateRedis server;
  Client client(patient(server));
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) failed += client.command({"INCR", "n"}).has_value() ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(*client.command({"GET", "n"})->text(), "800");
  EXPECT_LE(client.stats().open, 4U);
  EXPECT_EQ(client.stats().waiting, 0U);
}

}  // namespace
}  // namespace everbit::redis
