#include "config/fields.h"

#include <algorithm>
#include <array>
#include <utility>

namespace everbit::config {
namespace {

constexpr std::array kRoles = {std::pair{Role::kTrader, std::string_view("trader")},
                               std::pair{Role::kApi, std::string_view("api")},
                               std::pair{Role::kNotifier, std::string_view("notifier")},
                               std::pair{Role::kBacktest, std::string_view("backtest")},
                               std::pair{Role::kRelay, std::string_view("relay")}};

bool only(std::string_view text, std::string_view extra, bool upper = false) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z') ||
           extra.find(c) != std::string_view::npos;
  });
}

// scheme://host[:port][/path], no user, no query, no fragment.
std::string url(std::string_view text, std::string_view plain, std::string_view tls) {
  std::string complaint = "expected an address with ";
  complaint.append(tls).append(" or ").append(plain).append(", without user or query");
  for (const std::string_view scheme : {plain, tls}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const bool clean = only(rest, "-._:/[]", true);
    return !rest.empty() && rest.front() != '/' && clean ? std::string() : complaint;
  }
  return complaint;
}

bool has_password(std::string_view address) {
  const std::size_t start = address.find("://");
  if (start == std::string_view::npos) return false;
  const std::string_view rest = address.substr(start + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::size_t sign = authority.rfind('@');
  return sign != std::string_view::npos &&
         authority.substr(0, sign).find(':') != std::string_view::npos;
}

Result<Secret> address_without_password(const TomlValue& value, std::string_view secret_name,
                                        std::initializer_list<std::string_view> schemes) {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return Error("CONFIG_TYPE", "expected an address as text");
  if (text->empty()) return Secret();
  const bool known = std::any_of(schemes.begin(), schemes.end(),
                                 [&](std::string_view s) { return text->starts_with(s); });
  if (!known)
    return Error("CONFIG_VALUE", "expected an address with " + std::string(*schemes.begin()));
  if (has_password(*text) || text->find("password=") != std::string::npos) {
    return Error("CONFIG_SECRET",
                 "a password does not belong into this file; give the address as " +
                     std::string(secret_name));
  }
  return Secret(*text);
}

Result<void> store_listen(ListenAddress& address, const TomlValue& value) {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return Error("CONFIG_TYPE", "expected an address as text");
  auto parsed = ListenAddress::parse(*text);
  if (!parsed) return parsed.error();
  address = *parsed;
  return {};
}

bool is_market_code(std::string_view code) {
  constexpr std::string_view kQuote = "KRW-";
  if (!code.starts_with(kQuote)) return false;
  const std::string_view base = code.substr(kQuote.size());
  return !base.empty() && base.size() <= 15 && std::all_of(base.begin(), base.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

Result<MarketSettings> market_of(const TomlValue& value) {
  const Error shape("CONFIG_TYPE",
                    "a market is { code = \"KRW-BTC\", priority = 0, enabled = true }");
  const auto* members = value.as<TomlValue::Table>();
  if (members == nullptr) return shape;
  MarketSettings market;
  for (const auto& [name, member] : *members) {
    const auto* text = member.as<std::string>();
    const auto* number = member.as<std::int64_t>();
    const auto* flag = member.as<bool>();
    if (name == "code" && text != nullptr) {
      market.code = *text;
    } else if (name == "priority" && number != nullptr && *number >= 0 && *number <= 1000) {
      market.priority = *number;
    } else if (name == "enabled" && flag != nullptr) {
      market.enabled = *flag;
    } else {
      return Error("CONFIG_VALUE", shape.message + "; wrong: " + name);
    }
  }
  if (!is_market_code(market.code)) return Error("CONFIG_VALUE", "a market's code is like KRW-BTC");
  return market;
}

Result<void> flatten(const TomlValue::Table& table, const std::string& prefix,
                     std::map<std::string, std::string>& out) {
  for (const auto& [name, value] : table) {
    const std::string full = prefix + name;
    if (const auto* inner = value.as<TomlValue::Table>()) {
      if (auto good = flatten(*inner, full + ".", out); !good) return good;
    } else if (value.as<TomlValue::Array>() != nullptr) {
      return Error("CONFIG_TYPE", "the parameter " + full + " is a list");
    } else if (const auto* text = value.as<std::string>()) {
      out[full] = *text;
    } else {
      out[full] = canonical(value);
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(TradingMode mode) {
  return mode == TradingMode::kReal ? "REAL" : "PAPER";
}

std::string_view to_string(Role role) { return kRoles[static_cast<std::size_t>(role)].second; }

std::filesystem::path Settings::admin_socket() const {
  return admin.socket.empty() ? data.dir / "admin.sock" : admin.socket;
}

bool Settings::has_role(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Result<std::vector<Role>> parse_roles(std::string_view comma_separated) {
  std::vector<Role> roles;
  while (true) {
    const std::size_t comma = comma_separated.find(',');
    const std::string_view name = comma_separated.substr(0, comma);
    const auto known =
        std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& r) { return r.second == name; });
    if (known == kRoles.end()) {
      return Error("ROLE_UNKNOWN", "roles are trader, api, notifier, backtest and relay", "roles");
    }
    if (std::find(roles.begin(), roles.end(), known->first) == roles.end()) {
      roles.push_back(known->first);
    }
    if (comma == std::string_view::npos) return roles;
    comma_separated.remove_prefix(comma + 1);
  }
}

std::string absolute_path(std::string_view text) {
  return text.starts_with('/') ? "" : "expected a path from the root";
}
std::string absolute_path_or_empty(std::string_view text) {
  return text.empty() ? "" : absolute_path(text);
}
std::string http_url(std::string_view text) { return url(text, "http://", "https://"); }
std::string ws_url(std::string_view text) { return url(text, "ws://", "wss://"); }

std::string host_name(std::string_view text) {
  return !text.empty() && only(text, "-._[]:") ? "" : "expected a host name in lower case";
}

std::string plugin_id(std::string_view text) {
  const bool good = text.find('.') != std::string_view::npos && only(text, "-._") &&
                    text.front() != '.' && text.back() != '.';
  return good ? "" : "expected a plugin id like kr.everbit.exchange-upbit";
}

std::string strategy_key(std::string_view text) {
  const bool good =
      !text.empty() && text.size() <= 64 && only(text, "_-", true) && text != "MANUAL";
  return good ? "" : "expected a name of letters, digits, _ and - (not MANUAL)";
}

std::string push_host(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  const bool good = text.find('.') != std::string_view::npos && only(text, "-.") &&
                    text.front() != '.' && text.back() != '.' &&
                    text.find("..") == std::string_view::npos;
  return good ? "" : "expected a name like fcm.googleapis.com or *.push.apple.com";
}

std::string host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const bool good = colon != std::string_view::npos && colon > 0 && only(text, "-._:[]") &&
                    colon + 1 < text.size() && colon + 6 >= text.size() &&
                    text.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return good ? "" : "expected host:port";
}

std::string extension_id(std::string_view text) {
  const std::size_t slash = text.find('/');
  const bool good = text.starts_with("eb.") && slash != std::string_view::npos && only(text, "._/");
  return good ? "" : "expected an extension id like eb.timer/1";
}

std::optional<Decimal> decimal_of(const TomlValue& value) {
  if (const auto* number = value.as<std::int64_t>()) return Decimal::from_int(*number);
  Result<Decimal> parsed = Error("DECIMAL_SYNTAX", "");
  if (const auto* number = value.as<double>()) {
    parsed = Decimal::from_double(*number, DecimalParse::kExact);
  } else if (const auto* text = value.as<std::string>()) {
    parsed = Decimal::parse(*text, DecimalParse::kExact);
  }
  if (!parsed) return std::nullopt;
  return *parsed;
}

Result<void> store_mode(Settings& settings, const TomlValue& value) {
  const auto* text = value.as<std::string>();
  if (text == nullptr || (*text != "REAL" && *text != "PAPER")) {
    return Error("CONFIG_VALUE", "expected REAL or PAPER");
  }
  settings.mode = *text == "REAL" ? TradingMode::kReal : TradingMode::kPaper;
  return {};
}

Result<void> store_roles(Settings& settings, const TomlValue& value) {
  const Error shape("CONFIG_VALUE", "expected a list of trader, api, notifier, backtest, relay");
  const auto* items = value.as<TomlValue::Array>();
  if (items == nullptr || items->empty()) return shape;
  std::string joined;
  for (const TomlValue& item : *items) {
    const auto* text = item.as<std::string>();
    if (text == nullptr) return shape;
    joined.append(joined.empty() ? "" : ",").append(*text);
  }
  auto roles = parse_roles(joined);
  if (!roles) return shape;
  settings.roles = std::move(*roles);
  return {};
}

Result<void> store_database_url(Settings& settings, const TomlValue& value) {
  auto address = address_without_password(value, "DATABASE_URL", {"postgresql://", "postgres://"});
  if (!address) return address.error();
  settings.database.url = std::move(*address);
  return {};
}

Result<void> store_redis_url(Settings& settings, const TomlValue& value) {
  auto address = address_without_password(value, "REDIS_URL", {"redis://", "unix://"});
  if (!address) return address.error();
  settings.redis.url = std::move(*address);
  return {};
}

Result<void> store_http_listen(Settings& settings, const TomlValue& value) {
  return store_listen(settings.http.listen, value);
}
Result<void> store_ops_listen(Settings& settings, const TomlValue& value) {
  return store_listen(settings.ops.listen, value);
}

Result<void> store_markets(Settings& settings, const TomlValue& value) {
  const auto* items = value.as<TomlValue::Array>();
  if (items == nullptr) return Error("CONFIG_TYPE", "expected a list of markets");
  std::vector<MarketSettings> markets;
  for (const TomlValue& item : *items) {
    auto market = market_of(item);
    if (!market) return market.error();
    const bool twice = std::any_of(markets.begin(), markets.end(),
                                   [&](const auto& m) { return m.code == market->code; });
    if (twice) return Error("CONFIG_VALUE", market->code + " is named twice");
    markets.push_back(std::move(*market));
  }
  constexpr std::ptrdiff_t kMostEnabled = 50;
  const auto enabled = std::count_if(markets.begin(), markets.end(),
                                     [](const MarketSettings& m) { return m.enabled; });
  if (enabled > kMostEnabled) return Error("CONFIG_RANGE", "at most 50 markets may be enabled");
  settings.strategy.markets = std::move(markets);
  return {};
}

Result<void> store_params(Settings& settings, const TomlValue& value) {
  const auto* table = value.as<TomlValue::Table>();
  if (table == nullptr) return Error("CONFIG_TYPE", "expected a table of parameters");
  std::map<std::string, std::string> params;
  if (auto good = flatten(*table, "", params); !good) return good;
  settings.strategy.params = std::move(params);
  return {};
}

Result<void> store_log_format(Settings& settings, const TomlValue& value) {
  const auto* text = value.as<std::string>();
  if (text == nullptr || (*text != "json" && *text != "console")) {
    return Error("CONFIG_VALUE", "expected json or console");
  }
  settings.log.format = *text == "json" ? LogFormat::kJson : LogFormat::kConsole;
  return {};
}

Result<void> store_log_level(Settings& settings, const TomlValue& value) {
  const auto* text = value.as<std::string>();
  const auto level = text == nullptr ? std::nullopt : parse_log_level(*text);
  if (!level) {
    return Error("CONFIG_VALUE", "expected trace, debug, info, warn, error or critical");
  }
  settings.log.level = *level;
  return {};
}

}  // namespace everbit::config
