#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "everbit/event.h"
#include "plugins/exchange/exchange_types.h"
#include "store/gates.h"
#include "store/ids.h"

namespace everbit::trading {

// The words of the order pipeline, spelled in the database and in events as their to_string().

enum class Mode { kReal, kPaper };

using everbit::AccountPosition;
using plugins::Side;

// The numbers are the plugin ABI's.
enum class IntentType : std::int32_t {
  kEntry = EB_INTENT_ENTRY,
  kExitStoploss = EB_INTENT_EXIT_STOPLOSS,
  kExitTp = EB_INTENT_EXIT_TP,
  kExitTrail = EB_INTENT_EXIT_TRAIL,
  kExitTime = EB_INTENT_EXIT_TIME,
  kExitManual = EB_INTENT_EXIT_MANUAL,
};

enum class AttemptStatus {
  kPrepared,
  kSent,
  kAcked,
  kRejected,
  kThrottled,
  kUnknown,
  kSuspended,
};

// Keys of the database; never shown to anybody.
using store::OwnerId;
using SignalId = StrongId<struct SignalIdTag>;
using IntentId = StrongId<struct IntentIdTag>;
using AttemptId = StrongId<struct AttemptIdTag>;
using OrderId = StrongId<struct OrderIdTag>;

std::string_view to_string(Mode mode);
using everbit::to_string;
std::string_view to_string(Side side);
std::string_view to_string(IntentType type);
std::string_view to_string(AttemptStatus status);

std::optional<Mode> parse_mode(std::string_view text);
std::optional<Side> parse_side(std::string_view text);
std::optional<IntentType> parse_intent_type(std::string_view text);
std::optional<AttemptStatus> parse_attempt_status(std::string_view text);

constexpr Side side_of(IntentType type) {
  return type == IntentType::kEntry ? Side::kBuy : Side::kSell;
}

// "BTC" of "KRW-BTC", and "KRW" of it. The code was validated where it came in.
std::string_view base_currency(std::string_view market);
std::string_view quote_currency(std::string_view market);

}  // namespace everbit::trading
