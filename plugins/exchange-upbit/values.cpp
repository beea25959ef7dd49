#include "exchange-upbit/values.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "exchange-upbit/calls.h"
#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

constexpr std::size_t kMaxWord = 128;
constexpr std::size_t kMaxProse = 1024;
// 2200-01-01: later than anything that is meant, and far from the end of eb_ts.
constexpr std::int64_t kMaxEpochMs = 7'258'118'400'000;

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"';
}

// Reads fixed shapes such as "2026-03-02T13:16:07.5+09:00".
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  bool literal(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool number(std::size_t digits, int low, int high, int& out) {
    if (rest_.size() < digits) return false;
    std::int64_t value = 0;
    if (!parse_whole(rest_.substr(0, digits), high, value) || value < low) return false;
    rest_.remove_prefix(digits);
    out = static_cast<int>(value);
    return true;
  }

  // After the point: up to nine digits, as nanoseconds.
  bool fraction(std::int64_t& ns) {
    std::int64_t unit = 1'000'000'000;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && unit > 1;
         rest_.remove_prefix(1)) {
      unit /= 10;
      ns += unit * (rest_.front() - '0');
    }
    return unit < 1'000'000'000;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool scan_date_time(TimeScanner& scan, eb_ts& out) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!scan.number(4, 1970, 2199, year) || !scan.literal('-') || !scan.number(2, 1, 12, month) ||
      !scan.literal('-') || !scan.number(2, 1, 31, day) || !scan.literal('T') ||
      !scan.number(2, 0, 23, hour) || !scan.literal(':') || !scan.number(2, 0, 59, minute) ||
      !scan.literal(':') || !scan.number(2, 0, 59, second)) {
    return false;
  }
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return false;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  std::int64_t ns = 0;
  if (scan.literal('.') && !scan.fraction(ns)) return false;
  out = seconds * 1'000'000'000 + ns;
  return true;
}

bool scan_offset(TimeScanner& scan, eb_ts& offset) {
  if (scan.literal('Z')) return true;
  const bool behind = scan.literal('-');
  if (!behind && !scan.literal('+')) return false;
  int hours = 0, minutes = 0;
  if (!scan.number(2, 0, 14, hours) || !scan.literal(':') || !scan.number(2, 0, 59, minutes)) {
    return false;
  }
  offset = (hours * 60 + minutes) * std::int64_t{60'000'000'000} * (behind ? -1 : 1);
  return true;
}

}  // namespace

bool Values::read(const Token& token, std::int32_t mode, eb_dec& out) const {
  std::string_view text = token.text;
  if (!token.seen || text.size() > kMaxWord) return false;
  if (is_quoted(text)) text = text.substr(1, text.size() - 2);
  eb_dec value{};
  if (decimal_->parse(borrow(text), mode, &value) != EB_OK || eb_dec_sign(value) < 0) return false;
  out = value;
  return true;
}

bool Values::positive(const Token& token, eb_dec& out) const {
  eb_dec value{};
  if (!exact(token, value) || eb_dec_sign(value) == 0) return false;
  out = value;
  return true;
}

bool word(const Token& token, std::string_view& out) {
  if (!token.seen || !is_quoted(token.text) || token.text.size() > kMaxWord) return false;
  const std::string_view text = token.text.substr(1, token.text.size() - 2);
  const auto is_odd = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < ' '; };
  if (text.empty() || std::any_of(text.begin(), text.end(), is_odd)) return false;
  out = text;
  return true;
}

bool prose(const Token& token, std::string_view& out) {
  if (!token.unescaped) return false;
  std::string_view text = token.text;
  if (text.size() > kMaxProse) {
    std::size_t end = kMaxProse;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  out = text;
  return true;
}

bool integer(const Token& token, std::int64_t& out) {
  std::int64_t value = 0;
  const char* const end = token.text.data() + token.text.size();
  if (!token.seen || token.text.empty()) return false;
  const auto result = std::from_chars(token.text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return false;
  out = value;
  return true;
}

bool boolean(const Token& token, bool& out) {
  if (token.unescaped || (token.text != "true" && token.text != "false")) return false;
  out = token.text == "true";
  return true;
}

bool epoch_ms(const Token& token, eb_ts& out) {
  std::int64_t ms = 0;
  if (!integer(token, ms) || ms <= 0 || ms > kMaxEpochMs) return false;
  out = ms * 1'000'000;
  return true;
}

bool zoned_time(const Token& token, eb_ts& out) {
  std::string_view text;
  eb_ts local = 0;
  eb_ts offset = 0;
  if (!word(token, text)) return false;
  TimeScanner scan(text);
  if (!scan_date_time(scan, local) || !scan_offset(scan, offset) || !scan.done()) return false;
  out = local - offset;
  return true;
}

bool utc_time(const Token& token, eb_ts& out) {
  std::string_view text;
  eb_ts utc = 0;
  if (!word(token, text)) return false;
  TimeScanner scan(text);
  if (!scan_date_time(scan, utc) || !scan.done()) return false;
  out = utc;
  return true;
}

bool market_code(const Token& token, eb_str& out) {
  std::string_view text;
  if (!word(token, text) || !is_market(text)) return false;
  out = borrow(text);
  return true;
}

}  // namespace everbit::exchange_upbit
