#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <stdexcept>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log_redaction.h"

namespace everbit {

struct LogSession::Impl {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  LogFormat format = LogFormat::kJson;
};

namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"trace", "debug", "info",
                                                         "warn",  "error", "critical"};

std::atomic<LogLevel> current_level{LogLevel::kInfo};
std::atomic<std::uint64_t> dropped_before{0};

// The running session, shared with the callers that are just writing to it.
struct Current {
  std::mutex mutex;
  std::shared_ptr<spdlog::async_logger> logger;
  std::weak_ptr<spdlog::details::thread_pool> pool;
  LogFormat format = LogFormat::kConsole;
};

Current& current() {
  static auto* instance = new Current;
  return *instance;
}

std::string plain_text(const LogValue::Variant& value) {
  return std::visit(
      [](const auto& item) -> std::string {
        using T = std::decay_t<decltype(item)>;
        if constexpr (std::is_same_v<T, bool>) return item ? "true" : "false";
        if constexpr (std::is_same_v<T, std::string_view>) return redact(item);
        if constexpr (std::is_same_v<T, Decimal>) return item.to_string();
        if constexpr (std::is_same_v<T, double>) {
          std::string out;
          append_json_double(out, item);
          return out;
        }
        if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t>) {
          return std::to_string(item);
        }
      },
      value);
}

void write_json_value(JsonWriter& json, const LogValue::Variant& value) {
  std::visit(
      [&](const auto& item) {
        using T = std::decay_t<decltype(item)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          json.value(redact(item));
        } else {
          json.value(item);
        }
      },
      value);
}

std::string json_line(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  JsonWriter json;
  json.begin_object();
  json.field("time", SystemClock().now().to_iso_us());
  json.field("level", to_string(level)).field("event", event);
  for (const LogField& field : fields) {
    json.key(field.key);
    if (is_secret_key(field.key)) {
      json.value(kRedacted);
    } else {
      write_json_value(json, field.value.get());
    }
  }
  json.end_object();
  return json.take();
}

std::string console_line(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  std::string line = SystemClock().now().to_iso_kst();
  line.append(" ").append(to_string(level)).append(" ").append(event);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    if (is_secret_key(field.key)) {
      line += kRedacted;
    } else if (std::holds_alternative<std::string_view>(field.value.get())) {
      append_json_string(line, plain_text(field.value.get()));
    } else {
      line += plain_text(field.value.get());
    }
  }
  return line;
}

std::shared_ptr<spdlog::sinks::sink> make_sink(const std::string& file) {
  if (file.empty()) return std::make_shared<spdlog::sinks::stdout_sink_mt>();
  return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
}

}  // namespace

std::string_view to_string(LogLevel level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames[i] == text) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

bool log_enabled(LogLevel level) { return level >= current_level.load(std::memory_order_relaxed); }
void set_log_level(LogLevel level) { current_level.store(level, std::memory_order_relaxed); }

std::uint64_t log_dropped() {
  Current& now = current();
  const std::lock_guard lock(now.mutex);
  const auto pool = now.pool.lock();
  return dropped_before.load() + (pool ? pool->overrun_counter() : 0);
}

void log(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (!log_enabled(level)) return;
  std::shared_ptr<spdlog::async_logger> logger;
  LogFormat format = LogFormat::kConsole;
  {
    Current& now = current();
    const std::lock_guard lock(now.mutex);
    logger = now.logger;
    format = now.format;
  }
  const std::string line = format == LogFormat::kJson ? json_line(level, event, fields)
                                                      : console_line(level, event, fields);
  if (logger) {
    logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

LogSession::LogSession(const LogOptions& options) : impl_(std::make_shared<Impl>()) {
  try {
    impl_->pool = std::make_shared<spdlog::details::thread_pool>(options.queue_lines, 1);
    impl_->logger =
        std::make_shared<spdlog::async_logger>("everbit", make_sink(options.file), impl_->pool,
                                               spdlog::async_overflow_policy::overrun_oldest);
  } catch (const spdlog::spdlog_ex& error) {
    throw std::runtime_error(error.what());
  }
  impl_->logger->set_pattern("%v");
  impl_->logger->set_level(spdlog::level::trace);
  impl_->logger->flush_on(spdlog::level::trace);
  impl_->format = options.format;
  set_log_level(options.level);
  Current& now = current();
  const std::lock_guard lock(now.mutex);
  if (now.logger) throw std::logic_error("a second LogSession");
  now.logger = impl_->logger;
  now.pool = impl_->pool;
  now.format = options.format;
}

LogSession::~LogSession() {
  Current& now = current();
  const std::lock_guard lock(now.mutex);
  now.logger.reset();
  now.format = LogFormat::kConsole;
  dropped_before += impl_->pool->overrun_counter();
  now.pool.reset();
}

}  // namespace everbit
