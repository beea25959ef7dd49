#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everbit::upbit_sim {

// An exact decimal: a checked 256-bit integer in units of 10^-24. A price (8 decimals) times a
// volume (8) times a fee rate (up to 8) is exact; what does not fit throws std::overflow_error. It
// shares no code with the daemon on purpose: the simulator's money is the oracle the daemon is
// compared with.
class Decimal {
 public:
  static constexpr int kScale = 24;

  Decimal() = default;
  Decimal(std::int64_t whole);  // NOLINT(google-explicit-constructor): integers are decimals

  // Digits with an optional sign and point; nothing else. nullopt for anything malformed, for more
  // than 24 decimals and for 30 or more integer digits.
  static std::optional<Decimal> parse(std::string_view text);
  // For constants of this program; throws std::invalid_argument.
  static Decimal of(std::string_view text);
  static Decimal from_scaled(std::int64_t units, int decimals);

  std::int64_t to_scaled(int decimals) const;  // rounds toward zero
  double to_double() const;
  std::string to_string() const;  // shortest plain form: "0.0001", "120000000"
  int decimals() const;           // digits needed after the point

  bool is_zero() const;
  bool is_negative() const { return negative_; }
  bool is_positive() const { return !negative_ && !is_zero(); }
  Decimal floor_to(int decimals) const;  // toward zero
  bool is_multiple_of(const Decimal& step) const;
  Decimal divided_by(const Decimal& divisor) const;  // toward zero at 24 decimals

  Decimal operator-() const;
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator*(const Decimal& a, const Decimal& b);
  Decimal& operator+=(const Decimal& other) { return *this = *this + other; }
  Decimal& operator-=(const Decimal& other) { return *this = *this - other; }
  friend bool operator==(const Decimal& a, const Decimal& b) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  friend struct DecimalAccess;
  std::array<std::uint64_t, 4> magnitude_{};  // least significant limb first
  bool negative_ = false;                     // never set for zero
};

inline const Decimal& min(const Decimal& a, const Decimal& b) { return b < a ? b : a; }

}  // namespace everbit::upbit_sim
