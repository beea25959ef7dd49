#pragma once

#include <map>
#include <string>
#include <vector>

#include "backtest/metrics.h"
#include "backtest/report/price_track.h"
#include "backtest/result.h"

namespace everbit::backtest::report {

// A run as one HTML file that needs nothing else: no network, no script; for a phone's width too,
// dark or light as the reader's system is. Korean first, English beside; times are UTC. The same
// run gives the same bytes. `prices` may lack a market: then its trades are not drawn.
std::string to_html(const RunResult& run, const Metrics& metrics,
                    const std::map<std::string, std::vector<PricePoint>>& prices);

}  // namespace everbit::backtest::report
