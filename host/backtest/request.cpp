#include "backtest/request.h"

#include <algorithm>
#include <cmath>

#include "base/timestamp.h"

namespace everbit::backtest {
namespace {

constexpr int kDay = 86'400;
constexpr int kWeek = 7 * kDay;
constexpr std::int64_t kTenYears = std::int64_t{3'653} * kDay * trading::kNanosecondsPerSecond;

Error bad(std::string_view field, std::string_view why) {
  return {"BACKTEST_REQUEST", std::string(why), std::string(field)};
}

Result<void> validate_markets(const Request& request) {
  const auto& markets = request.markets;
  if (markets.empty() || markets.size() > 50) return bad("markets", "1 to 50 markets");
  if (!std::ranges::is_sorted(markets) || std::ranges::adjacent_find(markets) != markets.end()) {
    return bad("markets", "each market once, by code");
  }
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  for (const std::string& market : markets) {
    const std::size_t dash = market.find('-');
    const bool halves = dash != std::string::npos && dash > 0 && dash + 1 < market.size();
    if (!halves || market.size() > 32 ||
        std::ranges::count_if(market, is_letter) + 1 != std::ssize(market)) {
      return bad("markets", "no market code like KRW-BTC: " + market.substr(0, 40));
    }
  }
  return {};
}

Result<void> validate_priorities(const Request& request) {
  for (const auto& [market, priority] : request.priorities) {
    if (!std::ranges::binary_search(request.markets, market)) {
      return bad("priorities", "not one of the markets: " + market);
    }
    if (!std::isfinite(priority)) return bad("priorities", "must be a number: " + market);
  }
  return {};
}

Result<void> validate_range(const Request& request) {
  if (!request.from || !request.to) return {};
  if (*request.from >= *request.to) return bad("to", "must be after from");
  if (*request.to - *request.from > kTenYears) return bad("to", "at most ten years after from");
  return {};
}

}  // namespace

std::optional<FillModel> fill_model_of(std::string_view name) {
  if (name == "close") return FillModel::kClose;
  if (name == "next_open") return FillModel::kNextOpen;
  if (name == "ohlc_path") return FillModel::kOhlcPath;
  return std::nullopt;
}

std::string_view name_of(PathOrder order) {
  return order == PathOrder::kPessimistic ? "pessimistic" : "optimistic";
}

std::vector<Request> runs_of(const Request& request) {
  std::vector<Request> runs{request};
  if (fill_model_of(request.fill_model) == FillModel::kOhlcPath) {
    runs.front().path_order = PathOrder::kPessimistic;
    runs.push_back(request);
    runs.back().path_order = PathOrder::kOptimistic;
  }
  return runs;
}

Result<trading::Timeframes> timeframes_of(std::string_view text) {
  if (text == "15m" || text == "15") return trading::Timeframes{900, 14'400, kDay};
  if (text == "60m" || text == "60") return trading::Timeframes{3'600, 14'400, kDay};
  if (text == "240m" || text == "240") return trading::Timeframes{14'400, kDay, kWeek};
  return bad("timeframes", "15m, 60m or 240m, not " + std::string(text));
}

std::string timeframe_name(int seconds) { return std::to_string(seconds / 60) + "m"; }

Result<std::int64_t> parse_time(std::string_view text, std::string_view field) {
  const bool date = text.size() == 10;
  const auto time = Timestamp::parse(date ? std::string(text) + "T00:00:00Z" : std::string(text));
  if (!time) return bad(field, "a date, or ISO-8601 with a zone, not " + std::string(text));
  return time->ns();
}

Result<void> validate(const Request& request) {
  const auto problems = problems_of(request);
  return problems.empty() ? Result<void>() : problems.front();
}

std::vector<Error> problems_of(const Request& request) {
  std::vector<Error> problems;
  const auto check = [&](const Result<void>& checked) {
    if (!checked) problems.push_back(checked.error());
  };
  const auto refuse = [&](bool wrong, std::string_view field, std::string_view why) {
    if (wrong) problems.push_back(bad(field, why));
  };
  check(validate_markets(request));
  check(validate_priorities(request));
  check(validate_range(request));
  refuse(request.initial_capital < Decimal::from_int(10'000) ||
             request.initial_capital > Decimal::from_int(1'000'000'000'000),
         "initialCapital", "10,000 to 1,000,000,000,000");
  refuse(request.fee_rate.is_negative() || request.fee_rate > Decimal::of("0.1"), "feeRate",
         "0 to 0.1");
  refuse(request.slippage_bps.is_negative() || request.slippage_bps > Decimal::from_int(1'000),
         "slippageBps", "0 to 1,000");
  refuse(!request.price_scale.is_positive(), "priceScale", "must be above 0");
  refuse(!fill_model_of(request.fill_model), "fillModel",
         "close, next_open or ohlc_path, not " + request.fill_model);
  return problems;
}

}  // namespace everbit::backtest
