#pragma once

#include <string>
#include <vector>

#include "upbit-sim/market/path.h"

namespace everbit::upbit_sim {

// Markets from recorded candles (../shared/data/candles/README.md: header
// candle_time_utc,open,high,low,close,volume; gzip or plain). `files` are MARKET=FILE; a market may
// have several files of different candle lengths: a coarser one gives the history before a finer
// one starts. The recording is moved by whole days so that `from` in it (empty: after 80 % of the
// first market's finest file) falls on today: what lies before now is history, the rest will be
// traded. Throws std::runtime_error naming file, line and field of what cannot be read.
std::vector<MarketPlan> replay_markets(const std::vector<std::string>& files,
                                       const std::string& from, Millis now);

// One file's candles; exposed for its tests.
std::vector<PathCandle> read_candle_file(const std::string& path);

}  // namespace everbit::upbit_sim
