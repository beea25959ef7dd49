#pragma once

#include <boost/program_options.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/backtest_options.h"

namespace everbit::cli {

using Texts = std::vector<std::string>;

// What the commands of a back-test share on their lines.

// Candles, timeframe, range, capital, costs, parameters and --help.
boost::program_options::options_description backtest_line();

// Code USAGE, field arguments.
Result<boost::program_options::variables_map> parse_line(
    std::span<const std::string> arguments,
    const boost::program_options::options_description& options);

// "KEY=VALUE" pairs of an option that may be given several times; each key once.
Result<std::map<std::string, std::string>> pairs_of(
    const boost::program_options::variables_map& given, const char* option);

Error usage(std::string_view option, std::string_view why);

// The options of backtest_line().
Result<BacktestOptions> read_line(const boost::program_options::variables_map& given);

}  // namespace everbit::cli
