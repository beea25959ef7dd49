#include "base/timestamp.h"

#include <cstdio>

namespace everbit {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kKoreaOffsetNs = 9 * 3600 * kSecond;

Error syntax_error() { return Error("TIMESTAMP_SYNTAX", "not an ISO 8601 time with an offset"); }

// Reads fixed-width numbers off the front of a text; once anything fails, everything does.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  int number(std::size_t width) {
    int value = 0;
    if (text_.size() < width) return fail();
    for (std::size_t i = 0; i < width; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return fail();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return value;
  }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail();
  }

  // Up to nine decimals of a second.
  std::int64_t fraction_ns() {
    std::int64_t value = 0;
    int digits = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++digits) {
      if (digits >= 9) return fail();
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    if (digits == 0) return fail();
    for (; digits < 9; ++digits) value *= 10;
    return value;
  }

  int fail() {
    ok_ = false;
    text_ = {};
    return 0;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

std::int64_t offset_seconds(Reader& reader, bool assume_utc) {
  if (reader.take('Z')) return 0;
  int sign = 0;
  if (reader.take('+')) sign = 1;
  if (sign == 0 && reader.take('-')) sign = -1;
  if (sign == 0) {
    if (!assume_utc || !reader.at_end()) reader.fail();
    return 0;
  }
  const int hours = reader.number(2);
  reader.expect(':');
  const int minutes = reader.number(2);
  if (hours > 14 || minutes > 59) reader.fail();
  return sign * (hours * 3600 + minutes * 60);
}

// `decimals` of a second: 0, 3, 6 or 9.
std::string format(std::int64_t ns, int decimals, const char* suffix) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds(ns)};
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  int length = std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(length));
  if (decimals > 0) {
    length = std::snprintf(text, sizeof text, ".%09lld",
                           static_cast<long long>(clock.subseconds().count()));
    out.append(text, static_cast<std::size_t>(decimals) + 1);
  }
  return out.append(suffix);
}

}  // namespace

Result<Timestamp> Timestamp::parse(std::string_view text, bool assume_utc) {
  Reader reader(text);
  const int year = reader.number(4);
  reader.expect('-');
  const int month = reader.number(2);
  reader.expect('-');
  const int day = reader.number(2);
  if (!reader.take('T')) reader.expect(' ');
  const int hour = reader.number(2);
  reader.expect(':');
  const int minute = reader.number(2);
  reader.expect(':');
  const int second = reader.number(2);
  const std::int64_t fraction = reader.take('.') ? reader.fraction_ns() : 0;
  const std::int64_t offset = offset_seconds(reader, assume_utc);
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.ok() || !reader.at_end() || !date.ok()) return syntax_error();
  if (year < 1970 || year > 2261 || hour > 23 || minute > 59 || second > 59) return syntax_error();
  const std::int64_t day_count = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = day_count * 86'400 + hour * 3600 + minute * 60 + second - offset;
  if (seconds < 0) return syntax_error();
  return from_ns(seconds * kSecond + fraction);
}

std::string Timestamp::to_iso() const { return format(ns_, 0, "Z"); }
std::string Timestamp::to_iso_ms() const { return format(ns_, 3, "Z"); }
std::string Timestamp::to_iso_us() const { return format(ns_, 6, "Z"); }
std::string Timestamp::to_iso_kst() const { return format(ns_ + kKoreaOffsetNs, 3, "+09:00"); }

}  // namespace everbit
