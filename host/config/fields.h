#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "config/toml.h"

// How the single keys of schema.cpp read and check their values; for schema.cpp alone.
namespace everbit::config {

// Text checks: an empty answer means good, else what is wrong.
std::string absolute_path(std::string_view text);
std::string absolute_path_or_empty(std::string_view text);
std::string http_url(std::string_view text);
std::string ws_url(std::string_view text);
std::string host_name(std::string_view text);
std::string plugin_id(std::string_view text);
std::string push_host(std::string_view text);
std::string host_and_port(std::string_view text);
std::string strategy_key(std::string_view text);
std::string extension_id(std::string_view text);

// Money as a whole number, a decimal or text.
std::optional<Decimal> decimal_of(const TomlValue& value);

Result<void> store_mode(Settings& settings, const TomlValue& value);
Result<void> store_roles(Settings& settings, const TomlValue& value);
Result<void> store_database_url(Settings& settings, const TomlValue& value);
Result<void> store_redis_url(Settings& settings, const TomlValue& value);
Result<void> store_http_listen(Settings& settings, const TomlValue& value);
Result<void> store_ops_listen(Settings& settings, const TomlValue& value);
Result<void> store_markets(Settings& settings, const TomlValue& value);
Result<void> store_params(Settings& settings, const TomlValue& value);
Result<void> store_log_format(Settings& settings, const TomlValue& value);
Result<void> store_log_level(Settings& settings, const TomlValue& value);

template <auto Member>
Result<void> store_timeframe(Settings& settings, const TomlValue& value) {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return Error("CONFIG_TYPE", "expected a timeframe like 15m");
  auto timeframe = Timeframe::parse(*text);
  if (!timeframe) return timeframe.error();
  settings.strategy.*Member = *timeframe;
  return {};
}

}  // namespace everbit::config
