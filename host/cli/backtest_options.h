#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "backtest/request.h"

namespace everbit::cli {

// What the command line of `everbit backtest run` asks for.
struct BacktestOptions {
  backtest::Request request;
  std::filesystem::path strategy;
  std::map<std::string, std::filesystem::path> candles;  // by market
  std::filesystem::path json;                            // empty: no file; "-": standard output
  std::filesystem::path html;                            // empty: no file
  int progress_fd = -1;                                  // where a parent process listens
  bool bulk = false;
  bool help = false;
};

std::string backtest_help();

// Code USAGE; the field names the option.
Result<BacktestOptions> parse_backtest_options(std::span<const std::string> arguments);

}  // namespace everbit::cli
