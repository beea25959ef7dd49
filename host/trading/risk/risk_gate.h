#pragma once

#include <vector>

#include "base/account_position.h"
#include "trading/risk/reason.h"

namespace everbit::trading {

// What is asked for. The guardian's stop is a strategy exit that needs no healthy strategy.
enum class Request { kEntry, kStrategyExit, kGuardianExit, kManualExit };

// What the gate looks at, read by the caller at one moment. The defaults are those of a back-test.
struct GateFacts {
  bool needs_key = false;  // REAL
  bool key_present = true;
  bool key_verified = true;
  bool exchange_blocked = false;  // 418
  bool intent_open = false;       // one of this market and mode
  // The open intent's attempt is still PREPARED and the request is a stop-loss or a manual exit,
  // which may then replace it.
  bool replaces_open_intent = false;

  bool strategy_healthy = true;  // loaded, not quarantined
  bool strategy_switch_on = true;
  AccountPosition account = AccountPosition::kOn;

  bool market_suspended = false;
  bool attempt_in_flight = false;  // SENT or UNKNOWN in this market
  bool market_enabled = true;
  bool market_cooling_down = false;
  bool signal_fresh = true;     // at most one signal candle past its close, by exchange time
  bool candle_verified = true;  // confirmed by the exchange's REST
  bool position_open = false;
  bool daily_loss_reached = false;  // the owner's limit since 00:00 KST
};

// The pure part of the risk gate: no order passes without it, live at the candle and again in the
// executor, and in a back-test. Cash and slots are the arbiter's (arbiter.h), because they depend
// on the other markets of the close; the coin balance and the exchange's minimum belong to the
// writer of the intent.
//
// All reasons that apply, in a fixed order; empty: allowed.
std::vector<RefusalReason> check_gate(Request request, const GateFacts& facts);

// True if the account switch refused, and nothing else did: then the intent is stored too,
// cancelled.
bool only_account_switch(const std::vector<RefusalReason>& reasons);

}  // namespace everbit::trading
