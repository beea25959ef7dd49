#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "integration/daemon/child.h"
#include "integration/daemon/wire.h"
#include "support/database.h"

namespace everbit::test {

// Asks until it holds, every few milliseconds; false when it did not within the time.
bool eventually(const std::function<bool()>& holds,
                std::chrono::seconds patience = std::chrono::seconds(60));

// One everbitd that was started.
class Daemon : public Child {
 public:
  using Child::Child;

  bool wait_for_log(std::string_view event);
  // The text of a field of the newest line of an event, quotes cut off; empty without one.
  std::string log_field(std::string_view event, std::string_view key) const;
  bool has_logged(std::string_view event) const;
  // Where /health and /metrics are; 0 when the log does not say it in time.
  int ops_port();
  // Until /health/ready is good.
  bool wait_ready();
};

// What an owner would have installed: everbit.toml, plugins.lock, the plugins, secrets and a
// database, in a scratch folder. A test spoils one of them, starts the daemon and looks.
class DaemonTest : public testing::Test {
 protected:
  explicit DaemonTest(TestDatabase::Schema schema = TestDatabase::Schema::kMigrated);
  ~DaemonTest() override;

  static constexpr std::string_view kAccessKey = "daemon-test-access-key";
  static constexpr std::string_view kSecretKey = "daemon-test-secret-key-0123456789abcdef";
  static constexpr std::string_view kPassword = "daemon-test-database-password";

  // Until then the settings name an exchange that nobody serves.
  void start_simulator(const std::vector<std::string>& market = {"--scenario", "still", "--markets",
                                                                 "KRW-BTC", "--history-days", "2"});
  // Its control API; throws unless it takes the order.
  void simulate(std::string_view path, std::string_view json);
  // What its control API answers to a GET.
  std::string ask_simulator(std::string_view path);
  // everbit.toml with `more` at its end.
  void write_settings(std::string_view more = {});
  // The line of everbit.toml that holds `text`, from 1; 0 without one.
  int line_of(std::string_view text) const;
  std::unique_ptr<Daemon> start();
  // A daemon that ends by itself: its exit status and output, 0 when it did not.
  struct Refusal {
    int status = 0;
    std::string output;
  };
  Refusal start_refused();

  // Puts a plugin of the build folder into the store and lists its bytes, as `change` leaves them,
  // under `id`.
  void install(std::string_view id, std::string_view kind, std::string_view built,
               const std::function<void(std::string& bytes)>& change = {});
  std::filesystem::path stored(std::string_view id) const;
  // What `everbit verify` would have written for the strategy, as `change` leaves it.
  void certify(std::string_view id, const std::function<void(std::string& json)>& change = {});
  std::filesystem::path certificate(std::string_view id) const;
  void write_lock();

  // Rows of all the tables that a trader's start writes.
  int rows_of_a_start() const;

  std::filesystem::path folder_;
  std::filesystem::path settings_file_;
  std::string mode_ = "REAL";
  TestDatabase database_;
  std::map<std::string, std::string> environment_;
  struct Listed {
    std::string kind;
    std::string sha256;
  };
  std::map<std::string, Listed, std::less<>> plugins_;

 private:
  std::unique_ptr<Child> simulator_;
  std::string exchange_ = "127.0.0.1:1";
  int control_port_ = 0;
  int started_ = 0;
};

}  // namespace everbit::test
