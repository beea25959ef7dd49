#include "backtest/candle_csv.h"

#include <zlib.h>

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "base/timestamp.h"

namespace everbit::backtest {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kMaxLine = 1'024;
constexpr std::string_view kHeader = "candle_time_utc,open,high,low,close,volume";
constexpr std::string_view kHeaderWithValue = "candle_time_utc,open,high,low,close,volume,value";
constexpr std::array<std::string_view, 7> kFields{"candle_time_utc", "open",   "high", "low",
                                                  "close",           "volume", "value"};

// Splits at commas into exactly n fields.
bool split(std::string_view line, std::span<std::string_view> fields) {
  for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
    const std::size_t comma = line.find(',');
    if (comma == std::string_view::npos) return false;
    fields[i] = line.substr(0, comma);
    line.remove_prefix(comma + 1);
  }
  fields.back() = line;
  return line.find(',') == std::string_view::npos;
}

std::optional<int> two_digits(std::string_view text) {
  if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

}  // namespace

// Lines of a plain or gzip file through one buffer.
class CsvCandleSource::Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : name_(path.filename().string()) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    size_ = ignored ? 0 : static_cast<double>(size);
    file_ = gzopen(path.c_str(), "rb");
    if (file_ != nullptr) gzbuffer(file_, kBuffer);
    must_be_gzip_ = path.extension() == ".gz";
  }
  ~Lines() {
    if (file_ != nullptr) gzclose(file_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  bool opened() const { return file_ != nullptr; }
  const std::string& name() const { return name_; }
  std::int64_t number() const { return number_; }
  double progress() const { return size_ > 0 ? static_cast<double>(gzoffset(file_)) / size_ : 1.0; }

  // False at the end; the text is valid until the next call.
  Result<bool> next(std::string_view& line) {
    for (;;) {
      const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
      if (const std::size_t newline = rest.find('\n'); newline != std::string_view::npos) {
        line = rest.substr(0, newline);
        begin_ += newline + 1;
        return finish(line);
      }
      if (rest.size() > kMaxLine) return bad("a line of more than 1,024 characters");
      if (ended_) {
        if (rest.empty()) return false;
        line = rest;
        begin_ = end_;
        return finish(line);
      }
      if (auto filled = refill(); !filled) return filled.error();
    }
  }

 private:
  Result<bool> finish(std::string_view& line) {
    ++number_;
    if (line.size() > kMaxLine) return bad("a line of more than 1,024 characters");
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return true;
  }

  Result<void> refill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const auto room = static_cast<unsigned>(buffer_.size() - end_);
    const int got = gzread(file_, buffer_.data() + end_, room);
    if (must_be_gzip_ && gzdirect(file_) != 0) return bad("no gzip file, in spite of its name");
    int status = Z_OK;
    const char* text = gzerror(file_, &status);
    if (got < 0 || (status != Z_OK && status != Z_STREAM_END)) {
      return bad(status == Z_BUF_ERROR ? "the gzip file is cut short" : text);
    }
    if (got == 0) ended_ = true;
    end_ += static_cast<std::size_t>(got);
    return {};
  }

  Error bad(std::string_view why) const {
    return {"CANDLES_CSV",
            name_ + " after line " + std::to_string(number_) + ": " + std::string(why), "candles"};
  }

  std::string name_;
  gzFile file_ = nullptr;
  double size_ = 0;
  bool must_be_gzip_ = false;
  bool ended_ = false;
  std::vector<char> buffer_ = std::vector<char>(kBuffer);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::int64_t number_ = 0;
};

Result<std::unique_ptr<CsvCandleSource>> CsvCandleSource::open(const std::filesystem::path& path,
                                                               CsvOptions options) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) {
    return Error("CANDLES_CSV", path.filename().string() + ": no such file", "candles");
  }
  auto lines = std::make_unique<Lines>(path);
  if (!lines->opened()) {
    return Error("CANDLES_CSV", lines->name() + ": cannot be opened", "candles");
  }
  std::unique_ptr<CsvCandleSource> source(new CsvCandleSource(std::move(lines), options));
  if (auto header = source->read_header(); !header) return header.error();
  return source;
}

CsvCandleSource::CsvCandleSource(std::unique_ptr<Lines> lines, CsvOptions options)
    : lines_(std::move(lines)),
      options_(options),
      scale_(options.price_scale),
      one_(Decimal::from_int(1)) {}

CsvCandleSource::~CsvCandleSource() = default;

double CsvCandleSource::progress() const { return lines_->progress(); }

Error CsvCandleSource::refuse(std::string_view field, std::string_view why) const {
  return {"CANDLES_CSV",
          lines_->name() + ":" + std::to_string(lines_->number()) + ": " + std::string(field) +
              ": " + std::string(why),
          "candles"};
}

Result<void> CsvCandleSource::read_header() {
  std::string_view line;
  auto more = lines_->next(line);
  if (!more) return more.error();
  if (!*more) return Error("CANDLES_CSV", lines_->name() + ": the file is empty", "candles");
  has_value_ = line == kHeaderWithValue;
  if (!has_value_ && line != kHeader) {
    return refuse("header", "must be " + std::string(kHeader) + "[,value]");
  }
  return {};
}

Result<bool> CsvCandleSource::next(Candle& out) {
  std::string_view line;
  auto more = lines_->next(line);
  if (!more || !*more) return more;
  if (++rows_ > options_.max_rows) {
    return refuse("row", "more than " + std::to_string(options_.max_rows) + " rows");
  }
  if (auto row = read_row(line, out); !row) return row.error();
  if (auto sound = check_row(out); !sound) return sound.error();
  last_open_ = out.open_time;
  return true;
}

Result<void> CsvCandleSource::read_row(std::string_view line, Candle& out) {
  std::array<std::string_view, 7> fields;
  const std::size_t n = has_value_ ? 7 : 6;
  if (!split(line, std::span(fields).first(n))) {
    return refuse("row", "must have " + std::to_string(n) + " fields");
  }
  const auto time = read_time(fields[0]);
  if (!time) return time.error();
  out = Candle{};
  out.open_time = *time;
  out.close_time = *time + options_.timeframe_s * trading::kNanosecondsPerSecond;
  out.timeframe_s = options_.timeframe_s;
  const std::array<std::pair<eb_dec*, double*>, 6> targets{{{&out.open, &out.open_f},
                                                            {&out.high, &out.high_f},
                                                            {&out.low, &out.low_f},
                                                            {&out.close, &out.close_f},
                                                            {&out.volume, &out.volume_f},
                                                            {&out.value, &out.value_f}}};
  const bool value_known = has_value_ && !fields[6].empty();
  for (std::size_t i = 0; i < (value_known ? 6U : 5U); ++i) {
    const bool is_volume = i == 4;
    const auto number = parse_csv_number(fields[i + 1], is_volume ? one_ : scale_);
    if (!number) return refuse(kFields[i + 1], "not a number that fits: " + number.error().message);
    *targets[i].first = number->exact;
    *targets[i].second = number->nearest;
  }
  if (value_known) out.flags |= EB_CANDLE_VALUE_KNOWN;
  return {};
}

Result<void> CsvCandleSource::check_row(const Candle& candle) {
  if (trading::period_start(candle.open_time, options_.timeframe_s) != candle.open_time) {
    return refuse(kFields[0], "not on the grid of the timeframe");
  }
  if (candle.open_time == last_open_) return refuse(kFields[0], "the same time twice");
  if (candle.open_time < last_open_) return refuse(kFields[0], "earlier than the row before");
  const std::array<std::pair<std::size_t, eb_dec>, 4> prices{
      {{1, candle.open}, {2, candle.high}, {3, candle.low}, {4, candle.close}}};
  for (const auto& [field, price] : prices) {
    if (eb_dec_sign(price) <= 0) return refuse(kFields[field], "a price must be above 0");
    if (eb_dec_compare(price, candle.high) > 0) return refuse(kFields[field], "above the high");
    if (eb_dec_compare(price, candle.low) < 0) return refuse(kFields[field], "below the low");
  }
  if (eb_dec_sign(candle.volume) < 0) return refuse(kFields[5], "must not be negative");
  if (eb_dec_sign(candle.value) < 0) return refuse(kFields[6], "must not be negative");
  return {};
}

// "2022-01-01T00:00:00Z". The day is worked out once for all its candles.
Result<std::int64_t> CsvCandleSource::read_time(std::string_view text) {
  const bool shaped = text.size() == 20 && text[10] == 'T' && text[13] == ':' && text[16] == ':';
  if (!shaped || text[19] != 'Z') {
    return refuse(kFields[0], "must be UTC, as 2022-01-01T00:00:00Z");
  }
  if (text.substr(0, 10) != day_text_) {
    const auto day = Timestamp::parse(std::string(text.substr(0, 10)) + "T00:00:00Z");
    if (!day) return refuse(kFields[0], "no date: " + day.error().message);
    day_text_ = text.substr(0, 10);
    day_ns_ = day->ns();
  }
  const auto hour = two_digits(text.substr(11, 2));
  const auto minute = two_digits(text.substr(14, 2));
  const auto second = two_digits(text.substr(17, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return refuse(kFields[0], "no time of day");
  }
  return day_ns_ + ((*hour * 60 + *minute) * 60 + *second) * trading::kNanosecondsPerSecond;
}

}  // namespace everbit::backtest
