#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "candles/series.h"
#include "cli/session.h"

namespace everbit::cli {

// What the commands of `everbit candles` have in common. A value of main()'s thread.
struct CandlesSession {
  config::Settings settings;
  std::unique_ptr<store::Pool> pool;  // patient: years of candles are looked through

  // Nothing when the reason was printed.
  static std::optional<CandlesSession> open(const CommandLine& line);
};

// "15m,240m": each of the markets with each of the timeframes.
Result<std::vector<candles::Series>> parse_series(const std::vector<std::string>& markets,
                                                  const std::string& timeframes);

// --from and --to: ISO-8601 with a zone, or a date, which is 00:00 UTC. Code CANDLES_REQUEST naming
// the option; from must be before to.
struct GivenRange {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
};
Result<GivenRange> parse_range(const CommandLine& line);
void add_range_options(CommandLine& line);

}  // namespace everbit::cli
