#pragma once

#include <string_view>

#include "base/decimal.h"
#include "everbit/decimal.h"

namespace everbit::backtest {

// A number of a CSV field, exact and as the nearest double.
struct CsvNumber {
  eb_dec exact;
  double nearest;
};

// Factor by which every price is multiplied, exactly.
class PriceScale {
 public:
  explicit PriceScale(Decimal scale);
  Decimal value() const { return scale_; }
  bool is_one() const { return mantissa_ == 1 && places_ == 0; }

 private:
  friend Result<CsvNumber> parse_csv_number(std::string_view, const PriceScale&);
  Decimal scale_;
  std::uint64_t mantissa_ = 0;  // 0: too long for the quick way
  int places_ = 0;
};

// Every digit is kept, or DECIMAL_INEXACT; DECIMAL_SYNTAX for anything but a plain JSON number.
// Plain numbers of up to 19 digits take a quick way without an allocation.
Result<CsvNumber> parse_csv_number(std::string_view text, const PriceScale& scale);

}  // namespace everbit::backtest
