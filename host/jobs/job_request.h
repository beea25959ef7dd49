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
  std::map<std::string, std::string> params;  // configJson, its levels as dots
  std::map<std::string, double> priorities;

  // The text that is kept: every field, defaults filled in, in the order of the specification.
  std::string to_json() const;
};

// What a request leaves open.
struct ActiveStrategyFile {
  std::string key;
  std::string sha256;
};

// A request and everything that is wrong with it, at most one problem a field; it is only worth
// anything without a problem.
struct JobRequestReading {
  JobRequest request;
  std::vector<Error> problems;  // of code BACKTEST_REQUEST, each naming its field
};

// Reads a request's JSON text, at most 64 KiB.
JobRequestReading read_job_request(std::string_view json, const ActiveStrategyFile& active);
// The same, with the first problem as its error.
Result<JobRequest> parse_job_request(std::string_view json, const ActiveStrategyFile& active);

}  // namespace everbit::jobs
