#include "plugins/services/log_service.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "plugins/buffers.h"

namespace everbit::plugins {

namespace {

constexpr double kBurst = 200;
constexpr double kPerSecond = 50;
constexpr std::uint32_t kMaxFields = 32;
constexpr std::size_t kMaxText = 2048;

LogLevel to_level(std::int32_t level) {
  switch (level) {
    case EB_LOG_TRACE:
      return LogLevel::kTrace;
    case EB_LOG_DEBUG:
      return LogLevel::kDebug;
    case EB_LOG_INFO:
      return LogLevel::kInfo;
    case EB_LOG_WARN:
      return LogLevel::kWarn;
    case EB_LOG_CRITICAL:
      return LogLevel::kCritical;
    default:
      return LogLevel::kError;
  }
}

}  // namespace

bool LogService::enabled(std::int32_t level) { return everbit::log_enabled(to_level(level)); }

std::int64_t LogService::take_token() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - refilled_;
  tokens_ = std::min(kBurst, tokens_ + passed.count() * kPerSecond);
  refilled_ = now;
  if (tokens_ < 1) {
    ++dropped_;
    return -1;
  }
  tokens_ -= 1;
  return std::exchange(dropped_, 0);
}

void LogService::write(std::int32_t level, std::string_view event, const eb_field* fields,
                       std::uint32_t n) {
  if (!enabled(level)) return;
  const std::int64_t dropped = take_token();
  if (dropped < 0) return;
  std::vector<LogField> line{{"plugin", instance_}};
  if (dropped > 0) line.push_back({"dropped_before", dropped});
  for (std::uint32_t i = 0; fields != nullptr && i < std::min(n, kMaxFields); ++i) {
    line.push_back({from_abi(fields[i].key), from_abi(fields[i].value).substr(0, kMaxText)});
  }
  everbit::log(to_level(level), event.substr(0, 128), line);
}

}  // namespace everbit::plugins
