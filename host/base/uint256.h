#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>

#include "base/decimal.h"

// The 256-bit arithmetic of decimal.cpp and wide_decimal.cpp; heavy, so only those include it.
namespace everbit::detail {

namespace mp = boost::multiprecision;
using UInt256 =
    mp::number<mp::cpp_int_backend<256, 256, mp::unsigned_magnitude, mp::unchecked, void>>;
using UInt512 =
    mp::number<mp::cpp_int_backend<512, 512, mp::unsigned_magnitude, mp::unchecked, void>>;

// Whether the magnitude of a quotient goes one up. `twice_vs` compares twice the remainder with the
// divisor: negative, zero (a tie) or positive.
inline bool rounds_up(Rounding rounding, bool negative, bool odd, bool exact, int twice_vs) {
  if (exact) return false;
  switch (rounding) {
    case Rounding::kDown:
      return false;
    case Rounding::kUp:
      return true;
    case Rounding::kFloor:
      return negative;
    case Rounding::kCeil:
      return !negative;
    case Rounding::kHalfEven:
      return twice_vs > 0 || (twice_vs == 0 && odd);
    case Rounding::kHalfUp:
      return twice_vs >= 0;
  }
  return false;
}

// |numerator / divisor| rounded; `negative` is the quotient's sign.
template <class Wide>
Wide divide_rounded(const Wide& numerator, const Wide& divisor, bool negative, Rounding rounding) {
  Wide quotient;
  Wide rest;
  mp::divide_qr(numerator, divisor, quotient, rest);
  // rest < divisor, so divisor - rest cannot wrap, which 2 * rest could.
  const Wide other = divisor - rest;
  const int twice_vs = rest.compare(other);
  if (rounds_up(rounding, negative, mp::bit_test(quotient, 0), rest.is_zero(), twice_vs)) {
    ++quotient;
  }
  return quotient;
}

}  // namespace everbit::detail
