#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"

namespace everbit::jobs {

// What a job is asked to do (page 80 §1). Times are nanoseconds UTC. A value.
struct JobRequest {
  std::vector<std::string> markets;     // by code, each once
  std::vector<std::string> timeframes;  // "15m", "60m", "240m", each once, as given
  std::int64_t from = 0;
  std::int64_t to = 0;
  Decimal initial_capital = Decimal::from_int(10'000'000);
  Decimal fee_rate = Decimal::of("0.0005");
  Decimal slippage_bps;
  std::string fill_model = "close";
  std::string strategy_key;
  std::string strategy_sha256;
  std::map<std::string, std::string> params;  // configJson, as text
  std::map<std::string, double> priorities;

  // The text that is kept: every field, defaults filled in, in the order of the specification.
  std::string to_json() const;
};

// What a request leaves open.
struct ActiveStrategyFile {
  std::string key;
  std::string sha256;
};

// Reads a request's JSON text, at most 64 KiB. Code BACKTEST_REQUEST, naming the field.
Result<JobRequest> parse_job_request(std::string_view json, const ActiveStrategyFile& active);

}  // namespace everbit::jobs
