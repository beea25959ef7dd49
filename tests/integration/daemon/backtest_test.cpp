#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/clock.h"
#include "base/files.h"
#include "base/random.h"
#include "integration/daemon/daemon.h"
#include "integration/trading/order_rows.h"
#include "jobs/job_table.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMib = 1024;  // in the kernel's KiB

// A line of /proc/<pid>/status, in KiB.
int status_of(pid_t pid, const std::string& key) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":")) return std::stoi(line.substr(key.size() + 1));
  }
  return 0;
}

// The daemon trades, and runs back-tests of strategy files that go wrong.
class BackTestsBesideTrading : public DaemonTest {
 protected:
  BackTestsBesideTrading() : DaemonTest(TestDatabase::Schema::kEmpty) {}

  void SetUp() override {
    std::string codes;
    for (int i = 0; i < kMarkets; ++i) codes += (i == 0 ? "KRW-BTC" : ",KRW-M" + std::to_string(i));
    start_simulator({"--scenario", "demo", "--markets", codes, "--history-days", "2"});
    write_settings("backtest.stallSeconds = 2\n");
    rows_.sql("INSERT INTO installation (tag) VALUES ('" + std::string(OrderRows::kTag) + "')");
    const std::string owner = std::to_string(rows_.owner().value());
    for (int i = 1; i < kMarkets; ++i) {
      const std::string row = owner + ", 'KRW-M" + std::to_string(i) + "'";
      rows_.sql("INSERT INTO market_config (owner_id, market, enabled) VALUES (" + row + ", true)");
    }
    environment_["DATABASE_URL"] =
        "postgresql://everbit@127.0.0.1:" + std::to_string(rows_.database().port()) + "/" +
        rows_.database().name();
    daemon_ = start();
    ASSERT_TRUE(daemon_->wait_ready()) << daemon_->output();
  }

  // An entry of a market that had none, from its command to the exchange's acceptance.
  void trade() {
    const std::string market = orders_ == 0 ? "KRW-BTC" : "KRW-M" + std::to_string(orders_);
    ASSERT_LT(orders_++, kMarkets);
    const auto entry = rows_.entry("10000", -3600, market);
    auto tx = store::Transaction::begin(rows_.pool(), Deadline::after(seconds(20))).value();
    const auto added = rows_.outbox().add(
        tx, {trading::kTradeCommands, "CreateOrderAttempt", "order_attempt", entry.attempt.value(),
             market, "EXTREME_FLIP", "",
             R"({"attemptPublicId":")" + entry.public_id.to_string() + "\"}", std::nullopt});
    ASSERT_TRUE(added && tx.commit().committed());
    const auto committed = std::chrono::steady_clock::now();
    rows_.outbox().committed();
    ASSERT_TRUE(eventually([&] { return rows_.attempt(entry) == "ACKED"; }))
        << market << " " << rows_.attempt(entry) << daemon_->output();
    slowest_ = std::max(slowest_, std::chrono::duration_cast<milliseconds>(
                                      std::chrono::steady_clock::now() - committed));
  }

  // Puts a strategy file of the build folder into the store, as its hash.
  std::string put(const fs::path& built) const {
    const auto bytes =
        read_file(fs::path(std::getenv("EVERBIT_BUILD_DIR")) / built, std::size_t{64} << 20);
    std::array<std::uint8_t, 32> digest{};
    unsigned size = 0;
    EVP_Digest(bytes->data(), bytes->size(), digest.data(), &size, EVP_sha256(), nullptr);
    const fs::path stored = folder_ / "plugins" / (to_hex(digest) + ".so");
    if (!fs::exists(stored)) std::ofstream(stored, std::ios::binary) << *bytes;
    return to_hex(digest);
  }

  Uuid queue(const fs::path& strategy) {
    const Timestamp now = clock_.now();
    const auto request = jobs::parse_job_request(
        R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":")" + (now - hours(30)).to_iso() +
            R"(","to":")" + (now - hours(1)).to_iso() + "\"}",
        {"EXTREME_FLIP", put(strategy)});
    return jobs_.create(request.value(), std::nullopt).value().public_id;
  }
  jobs::JobItem look(const Uuid& job) { return **jobs_.find(job); }
  bool has_ended(const Uuid& job) { return look(job).finished_at.has_value(); }

  static constexpr int kMarkets = 12;
  SystemClock clock_;
  OrderRows rows_;
  jobs::JobTable jobs_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner()}};
  std::unique_ptr<Daemon> daemon_;
  int orders_ = 0;
  milliseconds slowest_{0};
};

TEST_F(BackTestsBesideTrading, NoBadStrategyFileCostsAnOrderOrTheDaemonsMemory) {
  trade();
  const Uuid good = queue("plugins/strategy-extreme-flip.so");
  ASSERT_TRUE(eventually([&] { return has_ended(good); })) << daemon_->output();
  ASSERT_EQ(look(good).status, "DONE") << look(good).error_code.value_or("") << daemon_->output();
  const milliseconds undisturbed = slowest_;
  slowest_ = milliseconds(0);
  const int before = status_of(daemon_->pid(), "VmRSS");
  std::ofstream("/proc/" + std::to_string(daemon_->pid()) + "/clear_refs") << 5;  // the peak's mark

  // Writes to address 0, takes memory without end, never returns.
  for (const char* way : {"1", "2", "3"}) {
    const Uuid job = queue("tests/jobs/strategy-bad-" + std::string(way) + ".so");
    ASSERT_TRUE(eventually([&] { return look(job).status != "QUEUED"; })) << daemon_->output();
    for (int i = 0; i < 3; ++i) ASSERT_NO_FATAL_FAILURE(trade());
    ASSERT_TRUE(eventually([&] { return has_ended(job); })) << daemon_->output();
    EXPECT_EQ(look(job).status, "FAILED") << way;
    EXPECT_TRUE(look(job).error_code) << way;
    if (*way != '2') {
      EXPECT_EQ(look(job).error_code.value_or(""), "WORKER_LOST") << way;
    }
  }
  EXPECT_EQ(http_get(daemon_->ops_port(), "/health/ready").status, 200);
  EXPECT_EQ(rows_.count("upbit_order"), orders_) << "none lost, none doubled";
  EXPECT_EQ(rows_.count("order_attempt WHERE status <> 'ACKED'"), 0);
  EXPECT_LE(slowest_, seconds(10)) << "undisturbed: " << undisturbed.count() << " ms";
  const int after = status_of(daemon_->pid(), "VmRSS");
  const int peak = status_of(daemon_->pid(), "VmHWM");
  EXPECT_LE(after, before + 8 * kMib);
  EXPECT_LE(peak, before + 16 * kMib);
  RecordProperty("undisturbed_ms", static_cast<int>(undisturbed.count()));
  RecordProperty("slowest_ms", static_cast<int>(slowest_.count()));
  RecordProperty("rss_before_kib", before);
  RecordProperty("rss_after_kib", after);
  RecordProperty("rss_peak_kib", peak);
  std::cout << "slowest order " << slowest_.count() << " ms (undisturbed " << undisturbed.count()
            << "), daemon " << before << " KiB before, " << peak << " at most, " << after
            << " after\n";
}

}  // namespace
}  // namespace everbit::test
