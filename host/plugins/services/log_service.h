#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "everbit/host.h"

namespace everbit::plugins {

// Writes a plugin's log lines into the host's log: with the instance's name, redacted, and at most
// 50 a second (bursts of 200), so that no plugin can drown the others. Any thread; never blocks.
class LogService {
 public:
  explicit LogService(std::string instance) : instance_(std::move(instance)) {}

  void write(std::int32_t level, std::string_view event, const eb_field* fields, std::uint32_t n);
  static bool enabled(std::int32_t level);

 private:
  // How many lines were dropped before this one; negative: drop this one too.
  std::int64_t take_token();

  const std::string instance_;
  std::mutex mutex_;
  double tokens_ = 200;
  SteadyTime refilled_ = std::chrono::steady_clock::now();
  std::int64_t dropped_ = 0;
};

}  // namespace everbit::plugins
