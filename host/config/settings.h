#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/log.h"
#include "base/secret.h"
#include "config/listen_address.h"
#include "config/timeframe.h"

namespace everbit::config {

enum class TradingMode : std::uint8_t { kPaper, kReal };
std::string_view to_string(TradingMode mode);  // "PAPER", "REAL", as in the database

enum class Role : std::uint8_t { kTrader, kApi, kNotifier, kBacktest, kRelay };
std::string_view to_string(Role role);

// Every field is declared once in the table of schema.cpp, which also gives its default and bounds.

struct DataSettings {
  std::filesystem::path dir;
};

struct DatabaseSettings {
  Secret url;  // may hold a password
  std::int64_t pool_size = 0;
};

struct RedisSettings {
  Secret url;  // empty: none, allowed while one process holds all roles
};

struct HttpSettings {
  ListenAddress listen;
};

struct OpsSettings {
  ListenAddress listen;
  std::vector<std::string> hosts;  // besides localhost, 127.0.0.1 and [::1]
};

struct AdminSettings {
  std::filesystem::path socket;  // empty: admin.sock in data.dir
};

struct ExchangeSettings {
  std::string plugin;
  std::string rest_url;
  std::string ws_url;
  std::string ws_private_url;
  std::filesystem::path ca_file;  // empty: the system's certificates
  Secret access_key;
  Secret secret_key;
};

// Nobody is told of anything without the VAPID keys.
struct PushSettings {
  std::string plugin;
  std::vector<std::string> allowed_hosts;  // empty: any DNS name
  std::vector<std::string> test_entries;   // "host:port"; refused in mode REAL
  std::filesystem::path ca_file;           // empty: the system's certificates
  Secret vapid_subject;
  Secret vapid_public_key;
  Secret vapid_private_key;

  bool has_keys() const { return !vapid_private_key.empty(); }
};

struct BusSettings {
  std::string plugin;
};

struct MarketSettings {
  std::string code;
  std::int64_t priority = 0;
  bool enabled = true;
};

struct StrategySettings {
  std::string key;
  std::string plugin;
  Timeframe timeframe;
  Timeframe macro_timeframe;
  Timeframe long_timeframe;
  std::vector<MarketSettings> markets;
  // The plugin's own parameters, dotted names, canonical text; checked by the plugin's schema.
  std::map<std::string, std::string> params;
};

struct ExecutionSettings {
  std::int64_t max_order_attempts = 0;
  std::chrono::seconds send_by{0};
  bool auto_resolve_absent = false;
};

struct RiskSettings {
  Decimal max_daily_loss_krw;  // 0: no limit
  std::int64_t max_open_markets = 0;
  Decimal max_exposure_krw;               // 0: no limit
  std::int64_t max_entries_per_hour = 0;  // 0: no limit
  Decimal min_order_krw;
  Decimal max_order_krw;
  Decimal min_sell_krw;
  Decimal max_sell_krw;  // 0: none
};

struct PaperSettings {
  std::string plugin;
  Decimal start_krw;
  Decimal fee_rate;
};

struct ReconcileSettings {
  std::chrono::seconds interval{0};
};

struct CandleSettings {
  std::chrono::milliseconds grace{0};
  std::chrono::seconds rest_deadline{0};
};

struct BacktestSettings {
  std::int64_t max_memory = 0;  // MiB of address space of a job's child
  std::chrono::seconds stall{0};
};

struct LogSettings {
  LogFormat format = LogFormat::kJson;
  LogLevel level = LogLevel::kInfo;
  std::filesystem::path file;  // empty: standard output
};

struct PluginSettings {
  std::filesystem::path dir;
  std::filesystem::path lock;
  std::vector<std::string> allow_draft;
  bool require_root_owner = true;
};

struct WatchdogSettings {
  std::chrono::seconds stall{0};
};

// What the owner decided, checked as a whole; load.h makes it. A value; whoever needs a part of it
// takes that part.
struct Settings {
  TradingMode mode = TradingMode::kPaper;
  std::vector<Role> roles;
  DataSettings data;
  DatabaseSettings database;
  RedisSettings redis;
  HttpSettings http;
  OpsSettings ops;
  AdminSettings admin;
  ExchangeSettings exchange;
  PaperSettings paper;
  BusSettings bus;
  PushSettings push;
  StrategySettings strategy;
  ExecutionSettings execution;
  RiskSettings risk;
  ReconcileSettings reconcile;
  CandleSettings candles;
  BacktestSettings backtest;
  LogSettings log;
  PluginSettings plugins;
  WatchdogSettings watchdog;

  // Every key of the schema with its canonical text, defaults included; no secrets.
  std::map<std::string, std::string> effective;

  bool has_role(Role role) const;
  std::filesystem::path admin_socket() const;
};

// "trader,api", for the command line. Code ROLE_UNKNOWN.
Result<std::vector<Role>> parse_roles(std::string_view comma_separated);

}  // namespace everbit::config
