#include "trading/types.h"

#include <array>
#include <utility>

namespace everbit::trading {
namespace {

template <class T, std::size_t N>
using Names = std::array<std::pair<T, std::string_view>, N>;

constexpr Names<Mode, 2> kModes{{{Mode::kReal, "REAL"}, {Mode::kPaper, "PAPER"}}};

constexpr Names<Side, 2> kSides{{{Side::kBuy, "BUY"}, {Side::kSell, "SELL"}}};

constexpr Names<IntentType, 6> kIntentTypes{{
    {IntentType::kEntry, "ENTRY"},
    {IntentType::kExitStoploss, "EXIT_STOPLOSS"},
    {IntentType::kExitTp, "EXIT_TP"},
    {IntentType::kExitTrail, "EXIT_TRAIL"},
    {IntentType::kExitTime, "EXIT_TIME"},
    {IntentType::kExitManual, "EXIT_MANUAL"},
}};

constexpr Names<AttemptStatus, 7> kAttemptStatuses{{
    {AttemptStatus::kPrepared, "PREPARED"},
    {AttemptStatus::kSent, "SENT"},
    {AttemptStatus::kAcked, "ACKED"},
    {AttemptStatus::kRejected, "REJECTED"},
    {AttemptStatus::kThrottled, "THROTTLED"},
    {AttemptStatus::kUnknown, "UNKNOWN"},
    {AttemptStatus::kSuspended, "SUSPENDED"},
}};

template <class T, std::size_t N>
std::string_view name_of(const Names<T, N>& names, T value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return "?";
}

template <class T, std::size_t N>
std::optional<T> value_of(const Names<T, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Mode mode) { return name_of(kModes, mode); }
std::string_view to_string(Side side) { return name_of(kSides, side); }
std::string_view to_string(IntentType type) { return name_of(kIntentTypes, type); }
std::string_view to_string(AttemptStatus status) { return name_of(kAttemptStatuses, status); }

std::optional<Mode> parse_mode(std::string_view text) { return value_of(kModes, text); }
std::optional<Side> parse_side(std::string_view text) { return value_of(kSides, text); }

std::optional<IntentType> parse_intent_type(std::string_view text) {
  return value_of(kIntentTypes, text);
}

std::optional<AttemptStatus> parse_attempt_status(std::string_view text) {
  return value_of(kAttemptStatuses, text);
}

std::string_view base_currency(std::string_view market) {
  return market.substr(market.find('-') + 1);
}

std::string_view quote_currency(std::string_view market) {
  return market.substr(0, market.find('-'));
}

}  // namespace everbit::trading
