#pragma once

#include <cstddef>
#include <string>

namespace everbit::api {

// Parts of a stored back-test as lists. The texts are those of backtest_result, written by us.

// {items, nextCursor} of the trades from number `from`, in the order of the run.
std::string trades_page(const std::string& trades, std::size_t from, std::size_t limit);

// {items: [{closeTime, value}], nextCursor: null}: at most `points` of them, the last of each of as
// many equal parts.
std::string equity_points(const std::string& equity, std::size_t points);

}  // namespace everbit::api
