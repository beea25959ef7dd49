#include "store/pool.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "store/errors.h"
#include "support/database.h"

namespace everbit::store {
namespace {

using namespace std::chrono_literals;
using test::TestDatabase;

constexpr Sql kOne{"SELECT 1"};
constexpr Sql kPid{"SELECT pg_backend_pid()"};
constexpr Sql kSleep{"SELECT pg_sleep($1)"};

Deadline in(std::chrono::milliseconds budget) { return Deadline::after(budget); }

// Stops one backend of the private server, as a machine does that hangs; it goes on at the end.
class StoppedBackend {
 public:
  explicit StoppedBackend(int pid) : pid_(pid) { EXPECT_EQ(kill(pid_, SIGSTOP), 0); }
  ~StoppedBackend() { kill(pid_, SIGCONT); }
  StoppedBackend(const StoppedBackend&) = delete;
  StoppedBackend& operator=(const StoppedBackend&) = delete;

 private:
  int pid_;
};

// Takes connections and never says a word.
class SilentServer {
 public:
  SilentServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, any, size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

TEST(Pool, NeverOpensMoreThanItsLimitUnderManyThreads) {
  const TestDatabase database;
  auto pool = database.make_pool(3);
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 20; ++n) {
          auto lease = pool->acquire(in(20s));
          ASSERT_TRUE(lease) << to_string(lease.error());
          EXPECT_LE(pool->stats().open, 3u);
          ASSERT_TRUE((*lease)->exec(in(20s), kOne));
          ++done;
        }
      });
    }
  }
  EXPECT_EQ(done, 240);
  EXPECT_LE(std::stoi(database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                     "current_database() AND pid <> pg_backend_pid()")),
            3);
}

TEST(Pool, AWaitForAConnectionEndsAtItsDeadline) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  auto held = pool->acquire(in(20s));
  ASSERT_TRUE(held);
  const auto start = std::chrono::steady_clock::now();
  const auto second = pool->acquire(in(50ms));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, kPoolTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 15s);
}

TEST(Pool, AReturnedConnectionWakesTheOneWhoWaits) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  auto held = std::make_unique<Lease>(std::move(*pool->acquire(in(20s))));
  std::jthread waiter([&] { EXPECT_TRUE(pool->acquire(in(20s))); });
  while (pool->stats().waiting == 0) std::this_thread::sleep_for(1ms);
  held.reset();
  waiter.join();
  EXPECT_EQ(pool->stats().open, 1u);
}

TEST(Pool, AConnectionKilledWhileIdleIsReplacedUnseen) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  ASSERT_TRUE(pool->exec(in(20s), kOne));
  database.sql(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  const auto after = pool->exec(in(20s), kOne);
  EXPECT_TRUE(after) << to_string(after.error());
}

TEST(Pool, AConnectionKilledInUseIsThrownAway) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  {
    auto lease = pool->acquire(in(20s));
    ASSERT_TRUE(lease);
    database.sql("SELECT pg_terminate_backend(" + std::to_string((*lease)->backend_pid()) +
                 ", 5000)");
    const auto lost = (*lease)->exec(in(20s), kOne);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, kConnectionLost);
  }
  EXPECT_EQ(pool->stats().open, 0u);
  EXPECT_TRUE(pool->exec(in(20s), kOne));
}

TEST(Pool, AServerThatDoesNotAnswerCostsNoMoreThanTheDeadline) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  ASSERT_TRUE(pool->exec(in(20s), kOne));
  const auto start = std::chrono::steady_clock::now();
  const auto slow = pool->exec(in(300ms), kSleep, 30);
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, kConnectionLost);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 15s);
  EXPECT_TRUE(pool->exec(in(20s), kOne));
}

TEST(Pool, AStoppedServerEndsTheCallAtItsDeadlineAndTheNextOneGetsAnother) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  const int first = pool->exec(in(20s), kPid)->front().get<int>(0);
  const StoppedBackend stopped(first);
  const auto start = std::chrono::steady_clock::now();
  const auto silent = pool->exec(in(200ms), kOne);
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, kConnectionLost);
  EXPECT_EQ(silent.error().message, "no answer in time");
  EXPECT_GE(took, 200ms);
  EXPECT_LT(took, 10s);
  EXPECT_NE(pool->exec(in(20s), kPid)->front().get<int>(0), first);
}

TEST(Pool, AServerThatSaysNothingAtConnectCostsNoMoreThanTheDeadline) {
  const SilentServer server;
  PoolSettings settings;
  settings.connect.dsn = "host=127.0.0.1 dbname=x port=" + std::to_string(server.port());
  Pool pool(settings);
  const auto start = std::chrono::steady_clock::now();
  const auto result = pool.acquire(in(200ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST(Pool, TheDeadlineOfACallThatHasEndedCutsNeitherALaterCallNorAnotherSession) {
  const TestDatabase database;
  auto pool = database.make_pool(2);
  auto one = pool->acquire(in(20s));
  auto other = pool->acquire(in(20s));
  ASSERT_TRUE(one && other);
  ASSERT_TRUE((*one)->exec(in(1500ms), kOne));
  ASSERT_TRUE((*other)->exec(in(1500ms), kOne));
  const auto later = (*one)->exec(in(20s), kSleep, 2);
  EXPECT_TRUE(later) << to_string(later.error());
  EXPECT_TRUE((*other)->exec(in(20s), kOne));
}

TEST(Pool, ADeadlineThatHadPassedBeforeCostsNoSession) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  ASSERT_TRUE(pool->exec(in(20s), kOne));
  const auto late = pool->exec(Deadline::passed(), kOne);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, kTimeout);
  EXPECT_EQ(pool->stats().idle, 1u);
}

TEST(Pool, AnAddressThatCannotBeReadIsNotQuoted) {
  PoolSettings settings;
  settings.connect.dsn = "host=x password=hunter2 nonsense";
  const auto result = Pool(settings).acquire(in(5s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message.find("hunter2"), std::string::npos) << to_string(result.error());
}

TEST(Pool, AStatementTimeoutOfTheServerKeepsTheConnection) {
  const TestDatabase database;
  PoolSettings settings{database.settings(), 1};
  settings.connect.statement_timeout = 500ms;
  Pool pool(settings);
  const auto slow = pool.exec(in(20s), kSleep, 30);
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, kTimeout);
  EXPECT_EQ(pool.stats().idle, 1u);
}

TEST(Pool, NoServerIsAnErrorWithinTheConnectTimeout) {
  PoolSettings settings;
  settings.connect.dsn = "host=/nowhere port=1 dbname=x";
  Pool pool(settings);
  const auto result = pool.acquire(in(20s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, kUnavailable);
  EXPECT_EQ(pool.stats().open, 0u);
}

TEST(Pool, ClosingWakesThoseWhoWait) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  auto held = pool->acquire(in(20s));
  std::jthread waiter([&] {
    const auto result = pool->acquire(in(20s));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, kUnavailable);
  });
  while (pool->stats().waiting == 0) std::this_thread::sleep_for(1ms);
  pool->close();
}

TEST(Connection, SessionsRunInUtcWhateverTheServerPrefers) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  constexpr Sql kShow{"SELECT current_setting('timezone'), current_setting('synchronous_commit')"};
  const auto rows = pool->exec(in(20s), kShow);
  ASSERT_TRUE(rows);
  const auto [zone, commit] = rows->front().as<std::string, std::string>();
  EXPECT_EQ(zone, "UTC");
  EXPECT_EQ(commit, "on");
}

TEST(Connection, ValuesComeBackAsTheyWentIn) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  constexpr Sql kEcho{
      "SELECT $1::numeric(38,18), $2::uuid, $3::timestamptz, $4::bytea, $5::text[], $6::boolean, "
      "$7::bigint, $8::text, $9::double precision"};
  const Decimal amount = Decimal::of("-12345678901234567890.000000000000000001");
  const Uuid id = Uuid::make_v4();
  const Timestamp at = Timestamp::from_ns(1'700'000'000'123'456'000);
  const std::vector<std::uint8_t> bytes = {0, 1, 254, 255};
  const std::vector<std::string> texts = {"plain", "with \"quotes\", {braces} and \\", "", "NULL"};
  const auto rows = pool->exec(in(20s), kEcho, amount, id, at, Bytes{bytes}, texts, true,
                               std::int64_t{-42}, std::optional<std::string>(), 0.1);
  ASSERT_TRUE(rows) << to_string(rows.error());
  const Row row = rows->front();
  EXPECT_EQ(row.get<Decimal>(0), amount);
  EXPECT_EQ(row.get<Uuid>(1), id);
  EXPECT_EQ(row.get<Timestamp>(2), at);
  EXPECT_EQ(row.get<std::vector<std::uint8_t>>(3), bytes);
  EXPECT_EQ(row.get<std::vector<std::string>>(4), texts);
  EXPECT_EQ(row.get<bool>(5), true);
  EXPECT_EQ(row.get<std::int64_t>(6), -42);
  EXPECT_EQ(row.get<std::optional<std::string>>(7), std::nullopt);
  EXPECT_EQ(row.get<double>(8), 0.1);
}

TEST(Connection, ATextWithANulByteIsRefusedInsteadOfCut) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  const auto result = pool->exec(in(20s), Sql{"SELECT $1::text"}, std::string("a\0b", 3));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, kBadParameter);
}

TEST(Connection, AStatementThatTheServerRefusesIsToldWithItsReasonAndMayBeTriedAgain) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  for (int i = 0; i < 2; ++i) {
    const auto result = pool->exec(in(20s), Sql{"SELECT nothing FROM installation"});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, kSqlError);
    EXPECT_EQ(result.error().message.rfind("column \"nothing\" does not exist", 0), 0u)
        << result.error().message;
  }
  EXPECT_EQ(pool->stats().idle, 1u);
}

TEST(Connection, AStatementAndItsReaderThatDisagreeThrow) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  const auto rows = pool->exec(in(20s), Sql{"SELECT 'x', NULL"});
  ASSERT_TRUE(rows);
  EXPECT_THROW(rows->front().get<std::int64_t>(0), std::logic_error);
  EXPECT_THROW(rows->front().get<std::string>(1), std::logic_error);
  EXPECT_THROW(rows->front().as<std::string>(), std::logic_error);
}

TEST(Connection, ManyDifferentStatementsDoNotGrowTheSessionForEver) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  for (int i = 0; i < 600; ++i) {
    const std::string text = "SELECT " + std::to_string(i);
    ASSERT_TRUE(pool->exec(in(20s), Sql{text}));
  }
  const auto rows = pool->exec(in(20s), Sql{"SELECT count(*) FROM pg_prepared_statements"});
  EXPECT_LE(rows->front().get<std::int64_t>(0), 512);
}

}  // namespace
}  // namespace everbit::store
