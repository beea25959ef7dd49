#pragma once

#include <string>
#include <vector>

#include "backtest/verify/decision_log.h"
#include "plugins/certificate.h"

namespace everbit::backtest {

// How much is tried; what is less than this certifies nothing.
struct VerifyScale {
  std::size_t least_candles = 10'000;  // of each market
  std::size_t even_cuts = 200;
  std::size_t restores = 50;
  std::size_t history = 1'000;  // candles of each timeframe that live starts from
};

struct Check {
  std::string name;  // prefix, determinism, restore, warm-up, cost
  bool passed = false;
  std::string detail;  // what was measured, or the first difference
};

// What a strategy file has shown. It proves tests, not trust.
struct Certificate {
  std::string strategy_id;
  std::string strategy_version;
  std::string sha256;
  int verify_version = plugins::kVerifyVersion;
  std::vector<std::string> params;             // "key=value"; empty: the defaults
  std::map<std::string, std::string> candles;  // market, sha256
  std::vector<Check> checks;

  bool passed() const;
};

// Runs all checks of page 80 on one timeframe of at least two markets of at least 10,000 candles
// each; every market is a run of its own. Starts children, so the process must have one thread.
// Codes: BACKTEST_REQUEST, CANDLES_MISSING, CHILD_FAILED. A strategy that fails, crashes or hangs
// gives a certificate that says so.
Result<Certificate> verify(const Request& request, const plugins::LoadedPlugin& plugin,
                           const CandleSet& candles, const Progress& progress = {},
                           const VerifyScale& scale = {});

std::string to_json(const Certificate& certificate);

}  // namespace everbit::backtest
