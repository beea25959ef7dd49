#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"

namespace everbit::backtest::report {

// Text as it may stand in an element or in a quoted attribute.
std::string escaped(std::string_view text);

// "12,345,678": whole, rounded down towards zero; with a sign if it is a difference.
std::string grouped(Decimal number);
// As the market quotes it: every digit, the whole part in groups.
std::string price(Decimal number);
// "12.34 %"; "-" for nothing.
std::string percent(std::optional<double> ratio);
// Two decimals; "-" for nothing.
std::string figure(std::optional<double> number);
// "3d 4h", "2h 15m": of seconds.
std::string span_of(std::int64_t seconds);
// "2024-01-31" and "2024-01-31 13:45" in UTC.
std::string day(std::int64_t time_ns);
std::string minute(std::int64_t time_ns);

}  // namespace everbit::backtest::report
