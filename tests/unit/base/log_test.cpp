#include "base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/log_redaction.h"

namespace everbit {
namespace {

namespace fs = std::filesystem;

class Log : public testing::Test {
 protected:
  Log() {
    std::string pattern = (fs::temp_directory_path() / "everbit-log-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    options_.file = (folder_ / "log").string();
  }
  ~Log() override {
    session_.reset();
    set_log_level(LogLevel::kInfo);
    fs::remove_all(folder_);
  }

  void start() { session_ = std::make_unique<LogSession>(options_); }
  std::string stop_and_read() {
    session_.reset();
    return *read_file(options_.file, 64U << 20U);
  }

  fs::path folder_;
  LogOptions options_;
  std::unique_ptr<LogSession> session_;
};

TEST_F(Log, WritesOneJsonLineForEachEvent) {
  start();
  log_info("order_sent", {{"market", "KRW-BTC"},
                          {"attempt", 7},
                          {"price", Decimal::of("1.50")},
                          {"share", 0.5},
                          {"live", true}});
  const std::string text = stop_and_read();
  EXPECT_NE(text.find(R"("level":"info","event":"order_sent","market":"KRW-BTC","attempt":7,)"
                      R"("price":"1.5","share":0.5,"live":true})"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(Log, NeverPrintsASecretByNameOrByText) {
  register_secret(Secret("correct-horse-battery"));
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kConsole}) {
    options_.format = format;
    start();
    log_error("http_failed", {{"Authorization", "Bearer abc.def.ghi"},
                              {"detail", "sent correct-horse-battery"},
                              {"secret_length", 918273645},
                              {"url", "redis://u:opensesame@h"}});
    const std::string text = stop_and_read();
    for (const char* leak : {"abc.def", "correct-horse", "918273645", "opensesame"}) {
      const auto fields = text.substr(text.find("http_failed"));
      EXPECT_EQ(fields.find(leak), std::string::npos) << text;
    }
  }
}

TEST_F(Log, AForgedLineBreakStaysInsideItsLine) {
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kConsole}) {
    options_.format = format;
    options_.file = (folder_ / (format == LogFormat::kJson ? "json" : "console")).string();
    start();
    log_warn("answer", {{"body", "x\n{\"level\":\"info\"}"}});
    const std::string text = stop_and_read();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  }
}

TEST_F(Log, LevelCanChangeWhileRunning) {
  start();
  log_debug("hidden");
  set_log_level(LogLevel::kDebug);
  log_debug("shown");
  const std::string text = stop_and_read();
  EXPECT_EQ(text.find("hidden"), std::string::npos);
  EXPECT_NE(text.find("shown"), std::string::npos);
}

TEST_F(Log, CountsWhatItDropsInsteadOfBlockingOrGrowing) {
  options_.queue_lines = 16;
  start();
  const std::uint64_t before = log_dropped();
  constexpr std::uint64_t kLines = 40'000;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (std::uint64_t i = 0; i < kLines / 4; ++i) log_info("flood", {{"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  const std::string text = stop_and_read();
  const auto written = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_EQ(written + (log_dropped() - before), kLines);
}

TEST_F(Log, ASecondSessionIsRefused) {
  start();
  EXPECT_THROW(LogSession second(options_), std::logic_error);
}

TEST_F(Log, AFileThatCannotBeOpenedIsAnError) {
  options_.file = (folder_).string();
  EXPECT_THROW(LogSession session(options_), std::runtime_error);
}

}  // namespace
}  // namespace everbit
