#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "base/abi_decimal.h"
#include "harness.h"

namespace everbit::extreme_flip::testing {
namespace {

// Waves of several lengths with noise: every regime, extremes of both kinds, all exits.
class Waves {
 public:
  trading::Candle next() {
    const double t = static_cast<double>(index_);
    const double mean = 1'000'000 + 250'000 * std::sin(t / 2'600) + 60'000 * std::sin(t / 170);
    level_ += 0.12 * (mean - level_) + 9'000 * noise();
    const double close = std::max(level_, 1'000.0);
    const double high = std::max(previous_, close) + 2'500 * std::abs(noise());
    const double low = std::max(std::min(previous_, close) - 2'500 * std::abs(noise()), 1.0);
    const double volume = 60 + 50 * noise() + (std::abs(close - previous_) > 15'000 ? 400 : 0);
    const auto exact = [](double number) {
      return Decimal::from_double(std::round(number)).value();
    };
    const auto candle = trading::make_candle(index_++ * 900 * trading::kNanosecondsPerSecond, 900,
                                             exact(previous_), exact(high + 1), exact(low - 1),
                                             exact(close), exact(std::max(volume, 0.0)));
    previous_ = close;
    return candle;
  }

 private:
  double noise() {
    seed_ = seed_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(seed_ >> 33) / 1073741824.0 - 1.0;
  }

  std::uint64_t seed_ = 7;
  std::int64_t index_ = 1;
  double level_ = 1'000'000;
  double previous_ = 1'000'000;
};

std::map<std::string, bool> gates_of(const plugins::Decision& decision) {
  std::map<std::string, bool> gates;
  for (const plugins::Gate& gate : decision.gates) gates[gate.name] = gate.passed;
  return gates;
}

// What the ledger says of the conditions must be what the decision was made of.
void expect_agreement(const std::string& codes, const std::map<std::string, bool>& gates) {
  const auto has = [&](const char* code) {
    return ("+" + codes + "+").find(std::string("+") + code + "+") != std::string::npos;
  };
  const auto held = [&](const char* gate) { return gates.contains(gate) && gates.at(gate); };
  const auto failed = [&](const char* gate) { return gates.contains(gate) && !gates.at(gate); };
  const bool oversold = held("OS_PCT_B") && held("OS_RSI") && held("OS_DEV");
  const auto implies = [&](bool premise, bool conclusion) {
    EXPECT_TRUE(!premise || conclusion) << codes;
  };
  implies(has("EXTREME_DETECTED_OS") || has("WATCH_RESTARTED"), oversold);
  implies(has("NO_EXTREME"), !oversold);
  implies(has("FLIP_NOT_CONFIRMED"), failed("FLIP"));
  implies(has("FLIP_CONFIRMED_BUY"), held("FLIP") && held("LIQUIDITY"));
  implies(has("CHASE_BLOCKED"), failed("CHASE"));
  implies(has("LIQUIDITY_BLOCKED"), failed("LIQUIDITY"));
  implies(has("DIVERGENCE_MISSING"), failed("DIVERGENCE"));
  implies(has("MACRO_EXTREME_MISSING"),
          !(held("MACRO_RSI") && held("MACRO_DEV") && (held("LONG_RSI") || held("LONG_DEV"))));
  implies(has("REGIME_WARMUP"), failed("REGIME_KNOWN"));
  implies(has("COOLDOWN_BLOCKED"), failed("COOLDOWN_OVER"));
  implies(has("HOLD"), failed("STOP") && !held("TARGET") && !held("TRAIL"));
  implies(has("SELL_WATCH_ARMED"), held("OB_PCT_B") && held("OB_RSI") && held("OB_DEV"));
  implies(has("RISK_STOPLOSS_TRIGGERED"), held("STOP"));
  implies(has("RISK_TAKEPROFIT_TRIGGERED"), held("TARGET"));
  implies(has("RISK_TRAILING_TRIGGERED"), held("TRAIL"));
  implies(has("TIME_EXIT_DOWN_TREND"), held("TIME"));
  implies(has("FLIP_CONFIRMED_SELL_BIAS"), held("SELL_FLIP") && held("ABOVE_ENTRY"));
}

void follow(const plugins::Decision& decision, const trading::Candle& candle,
            plugins::PositionView& position) {
  if (decision.wants_entry()) {
    position = {};
    position.state = EB_POSITION_OPEN;
    position.quantity = Decimal::from_int(1);
    position.average_price = from_abi(candle.close).value();
    position.entry_close = candle.close_time;
    position.plan = decision.plan;
    return;
  }
  if (decision.plan) position.plan = decision.plan;
  if (!decision.wants_exit()) return;
  position.last_intent = decision.intent;
  position.last_outcome = EB_OUTCOME_FILLED;
  position.last_signal_close = candle.close_time;
  if (!decision.all) {
    position.quantity = position.quantity - decision.volume;
    return;
  }
  position.state = EB_POSITION_FLAT;
  position.quantity = Decimal();
  position.last_exit = decision.intent;
  position.last_exit_close = candle.close_time;
}

TEST(Gates, SayOfEveryCandleWhatTheDecisionWasMadeOf) {
  Harness harness({{"entry.minTradedValue24h", "6000000000"}}, {900, 3'600, 14'400});
  harness.strategy().start().value();
  Waves waves;
  std::set<std::string> seen;
  for (int i = 0; i < 40'000 && !HasFailure(); ++i) {
    const trading::Candle candle = waves.next();
    const plugins::Decision& decision = harness.push(candle);
    EXPECT_LE(decision.gates.size(), 20U);
    const std::string codes = harness.codes();
    expect_agreement(codes, gates_of(decision));
    seen.insert(codes);
    follow(decision, candle, harness.position());
  }
  // Else the agreement above was of few cases.
  for (const char* code :
       {"EXTREME_DETECTED_OS", "FLIP_NOT_CONFIRMED", "FLIP_CONFIRMED_BUY", "HOLD",
        "RISK_STOPLOSS_TRIGGERED", "RISK_TAKEPROFIT_TRIGGERED", "COOLDOWN_BLOCKED"}) {
    EXPECT_TRUE(seen.contains(code)) << code;
  }
}

}  // namespace
}  // namespace everbit::extreme_flip::testing
