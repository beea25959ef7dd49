#pragma once

#include <cstdint>
#include <string_view>

#include "everbit/ext/decimal.h"
#include "exchange-upbit/json.h"

namespace everbit::exchange_upbit {

// Turns tokens into values. Each function gives false if the token is not such a value; `out` is
// then untouched. Numbers never pass through a double.
class Values {
 public:
  explicit Values(const eb_decimal_v1* decimal) : decimal_(decimal) {}

  const eb_decimal_v1& decimal() const { return *decimal_; }

  // A decimal >= 0, as number or string. Exact: prices and quantities that were ordered or matched.
  bool exact(const Token& token, eb_dec& out) const { return read(token, EB_PARSE_EXACT, out); }
  // Cut behind the 18th place: balances and what Upbit derives (sums, fees, averages).
  bool down(const Token& token, eb_dec& out) const { return read(token, EB_PARSE_DOWN, out); }
  // exact, and > 0
  bool positive(const Token& token, eb_dec& out) const;

 private:
  bool read(const Token& token, std::int32_t mode, eb_dec& out) const;

  const eb_decimal_v1* decimal_;
};

// A string without escapes, not empty and at most 128 bytes: ids, codes, names of states.
bool word(const Token& token, std::string_view& out);
// A string of at most 1024 bytes that was read as kText; longer text is cut.
bool prose(const Token& token, std::string_view& out);
bool integer(const Token& token, std::int64_t& out);
bool boolean(const Token& token, bool& out);
// Milliseconds since the epoch.
bool epoch_ms(const Token& token, eb_ts& out);
// "2026-03-02T13:16:07+09:00", with up to nine decimals; an offset or Z is required.
bool zoned_time(const Token& token, eb_ts& out);
// "2026-03-02T04:15:00", UTC
bool utc_time(const Token& token, eb_ts& out);
bool market_code(const Token& token, eb_str& out);

}  // namespace everbit::exchange_upbit
