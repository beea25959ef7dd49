#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/decimal.h"
#include "base/error.h"

namespace everbit {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kCritical };
enum class LogFormat : std::uint8_t { kJson, kConsole };

std::optional<LogLevel> parse_log_level(std::string_view text);
std::string_view to_string(LogLevel level);

// Borrows what it is given; lives only for one call.
class LogValue {
 public:
  LogValue(bool flag) : value_(flag) {}
  template <std::signed_integral T>
  LogValue(T number) : value_(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) LogValue(T number)
      : value_(static_cast<std::uint64_t>(number)) {}
  LogValue(double number) : value_(number) {}
  LogValue(Decimal number) : value_(number) {}
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const char* text) : value_(std::string_view(text)) {}
  LogValue(const std::string& text) : value_(std::string_view(text)) {}

  using Variant =
      std::variant<bool, std::int64_t, std::uint64_t, double, Decimal, std::string_view>;
  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  std::string_view key;
  LogValue value;
};

// One line a call: an event name in snake_case and its fields. A value whose key names a secret,
// and any registered secret inside a value, is written as "***". Any thread; never blocks the
// caller on the disk: when the queue is full the oldest line is dropped and counted.
void log(LogLevel level, std::string_view event, std::span<const LogField> fields);
bool log_enabled(LogLevel level);
void set_log_level(LogLevel level);
// Lines dropped because the queue was full.
std::uint64_t log_dropped();

inline void log_at(LogLevel level, std::string_view event,
                   std::initializer_list<LogField> fields = {}) {
  if (log_enabled(level)) log(level, event, std::span(fields.begin(), fields.size()));
}
inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_at(LogLevel::kDebug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_at(LogLevel::kInfo, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_at(LogLevel::kWarn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_at(LogLevel::kError, event, fields);
}
inline void log_critical(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log_at(LogLevel::kCritical, event, fields);
}

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kJson;
  // Empty: standard output.
  std::string file;
  std::size_t queue_lines = 8192;
};

// The log's thread and its output, from construction to destruction, which writes what is queued.
// main owns the only one; without one, lines go to standard error at once.
class LogSession {
 public:
  // Throws std::runtime_error when the file cannot be opened.
  explicit LogSession(const LogOptions& options);
  ~LogSession();
  LogSession(const LogSession&) = delete;
  LogSession& operator=(const LogSession&) = delete;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace everbit
