#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "base/decimal.h"

namespace everbit {

// An exact number of 256 bits with 36 decimal places, |x| < 5 * 10^40: the product of any two
// Decimals and sums of such products without rounding. The back-test's ledger is kept in it and cut
// to a Decimal only when it is written. Leaving the range throws std::overflow_error.
class WideDecimal {
 public:
  constexpr WideDecimal() = default;
  explicit WideDecimal(Decimal value);
  static WideDecimal product(Decimal a, Decimal b);

  WideDecimal& operator+=(const WideDecimal& other);
  WideDecimal& operator-=(const WideDecimal& other);
  friend WideDecimal operator+(WideDecimal a, const WideDecimal& b) { return a += b; }
  friend WideDecimal operator-(WideDecimal a, const WideDecimal& b) { return a -= b; }
  WideDecimal operator-() const;

  bool is_zero() const;
  bool is_negative() const { return (words_[3] >> 63) != 0; }
  friend bool operator==(const WideDecimal& a, const WideDecimal& b) = default;
  friend std::strong_ordering operator<=>(const WideDecimal& a, const WideDecimal& b);

  // Cut to 18 places; DECIMAL_RANGE when it does not fit into a Decimal.
  Result<Decimal> cut(Rounding rounding) const;
  // Divided by a positive whole number, cut to 18 places in one step.
  Result<Decimal> divided_by(std::uint64_t divisor, Rounding rounding = Rounding::kHalfEven) const;
  // Divided by any number but zero, cut to 18 places in one step.
  Result<Decimal> divided_by(const WideDecimal& divisor,
                             Rounding rounding = Rounding::kHalfEven) const;

  // Canonical, with up to 36 places.
  std::string to_string() const;

 private:
  // Two's complement, low word first.
  std::array<std::uint64_t, 4> words_{};
};

}  // namespace everbit
