#include "trading/risk/risk_gate.h"

#include <algorithm>

namespace everbit::trading {
namespace {

using Reasons = std::vector<RefusalReason>;

void check_everyone(const GateFacts& facts, Reasons& reasons) {
  if (facts.needs_key && !facts.key_present) {
    reasons.push_back(RefusalReason::kKeyMissing);
  } else if (facts.needs_key && !facts.key_verified) {
    reasons.push_back(RefusalReason::kKeyNotVerified);
  }
  if (facts.exchange_blocked) reasons.push_back(RefusalReason::kExchangeBlocked);
  if (facts.intent_open && !facts.replaces_open_intent) {
    reasons.push_back(RefusalReason::kIntentOpen);
  }
}

void check_strategy(Request request, const GateFacts& facts, Reasons& reasons) {
  if (request == Request::kManualExit) return;
  if (request != Request::kGuardianExit && !facts.strategy_healthy) {
    reasons.push_back(RefusalReason::kStrategyUnhealthy);
  }
  if (!facts.strategy_switch_on) reasons.push_back(RefusalReason::kStrategyOff);
}

void check_account(Request request, const GateFacts& facts, Reasons& reasons) {
  if (facts.account == AccountPosition::kOff) {
    reasons.push_back(RefusalReason::kAccountOff);
  } else if (facts.account == AccountPosition::kExitsOnly && request == Request::kEntry) {
    reasons.push_back(RefusalReason::kAccountExitsOnly);
  }
}

// The owner may close a position in a suspended market, unless an order of unknown fate is there.
void check_market(Request request, const GateFacts& facts, Reasons& reasons) {
  if (request == Request::kManualExit) {
    if (facts.attempt_in_flight) reasons.push_back(RefusalReason::kMarketHasUnknown);
  } else if (facts.market_suspended) {
    reasons.push_back(RefusalReason::kMarketSuspended);
  }
}

void check_entry(const GateFacts& facts, Reasons& reasons) {
  if (!facts.market_enabled) reasons.push_back(RefusalReason::kMarketDisabled);
  if (facts.market_cooling_down) reasons.push_back(RefusalReason::kCooldown);
  if (!facts.signal_fresh) reasons.push_back(RefusalReason::kStaleSignal);
  if (!facts.candle_verified) reasons.push_back(RefusalReason::kCandleUnverified);
  if (facts.position_open) reasons.push_back(RefusalReason::kPositionOpen);
  if (facts.daily_loss_reached) reasons.push_back(RefusalReason::kDailyLoss);
}

bool is_account_switch(RefusalReason reason) {
  return reason == RefusalReason::kAccountOff || reason == RefusalReason::kAccountExitsOnly;
}

}  // namespace

std::vector<RefusalReason> check_gate(Request request, const GateFacts& facts) {
  Reasons reasons;
  check_account(request, facts, reasons);
  check_everyone(facts, reasons);
  check_strategy(request, facts, reasons);
  check_market(request, facts, reasons);
  if (request == Request::kEntry) {
    check_entry(facts, reasons);
  } else if (!facts.position_open) {
    reasons.push_back(RefusalReason::kNoPosition);
  }
  return reasons;
}

bool only_account_switch(const std::vector<RefusalReason>& reasons) {
  return !reasons.empty() && std::ranges::all_of(reasons, is_account_switch);
}

}  // namespace everbit::trading
