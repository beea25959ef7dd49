#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace everbit::config {

// A candle's length: "15m", "4h", "1d", "1w", and "240m" for "4h". Periods are aligned to 00:00
// UTC, weeks to Monday. A value.
class Timeframe {
 public:
  Timeframe() = default;
  // At least a minute, at most four weeks. Code TIMEFRAME_SYNTAX.
  static Result<Timeframe> parse(std::string_view text);

  std::chrono::seconds length() const { return length_; }
  // As written in the settings.
  const std::string& text() const { return text_; }
  // True when `longer` is longer and a whole number of these fit into it.
  bool divides(const Timeframe& longer) const;

  // Equal lengths are equal timeframes, however they are written.
  friend bool operator==(const Timeframe& a, const Timeframe& b) { return a.length_ == b.length_; }

 private:
  Timeframe(std::string text, std::chrono::seconds length)
      : text_(std::move(text)), length_(length) {}

  std::string text_;
  std::chrono::seconds length_{0};
};

}  // namespace everbit::config
