#include "config/whole_check.h"

namespace everbit::config {
namespace {

using Complaints = std::vector<std::pair<std::string, std::string>>;

void check_secrets(const Settings& settings, Complaints& out) {
  if (settings.database.url.empty()) {
    out.emplace_back("database.url", "missing; set it here or give the secret DATABASE_URL");
  }
  if (settings.mode != TradingMode::kReal || !settings.has_role(Role::kTrader)) return;
  if (settings.exchange.access_key.empty()) {
    out.emplace_back("exchange.accessKey", "mode REAL needs the secret UPBIT_ACCESS_KEY");
  }
  if (settings.exchange.secret_key.empty()) {
    out.emplace_back("exchange.secretKey", "mode REAL needs the secret UPBIT_SECRET_KEY");
  }
}

void check_push(const Settings& settings, Complaints& out) {
  const PushSettings& push = settings.push;
  if (settings.mode == TradingMode::kReal && !push.test_entries.empty()) {
    out.emplace_back("push.testEntries", "is for tests; mode REAL calls public push services only");
  }
  const bool any = push.has_keys() || !push.vapid_public_key.empty() || !push.vapid_subject.empty();
  const bool all = push.has_keys() && !push.vapid_public_key.empty() && !push.vapid_subject.empty();
  if (any && !all) {
    out.emplace_back("push.plugin",
                     "VAPID_SUBJECT, VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together");
  }
}

void check_timeframes(const StrategySettings& strategy, Complaints& out) {
  if (!strategy.timeframe.divides(strategy.macro_timeframe)) {
    out.emplace_back("strategy.macroTimeframe",
                     "must be longer than strategy.timeframe and a multiple of it");
  }
  if (!strategy.macro_timeframe.divides(strategy.long_timeframe)) {
    out.emplace_back("strategy.longTimeframe",
                     "must be longer than strategy.macroTimeframe and a multiple of it");
  }
}

void check_amounts(const RiskSettings& risk, Complaints& out) {
  if (risk.max_order_krw < risk.min_order_krw) {
    out.emplace_back("risk.maxOrderKrw", "is below risk.minOrderKrw");
  }
  if (!risk.max_sell_krw.is_zero() && risk.max_sell_krw < risk.min_sell_krw) {
    out.emplace_back("risk.maxSellKrw", "is below risk.minSellKrw (0 = none)");
  }
}

}  // namespace

Complaints check_whole(const Settings& settings) {
  Complaints out;
  check_secrets(settings, out);
  check_push(settings, out);
  check_timeframes(settings.strategy, out);
  check_amounts(settings.risk, out);
  if (settings.http.listen == settings.ops.listen && settings.http.listen.port != 0) {
    out.emplace_back("ops.listen", "is the same as http.listen");
  }
  return out;
}

}  // namespace everbit::config
