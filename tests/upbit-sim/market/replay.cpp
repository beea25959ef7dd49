#include "upbit-sim/market/replay.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "upbit-sim/base/text.h"

namespace everbit::upbit_sim {
namespace {

constexpr std::string_view kHeader = "candle_time_utc,open,high,low,close,volume";
constexpr std::array<std::string_view, 6> kFields{"candle_time_utc", "open",  "high", "low",
                                                  "close",           "volume"};

// Plain files pass through zlib unchanged.
std::string read_all(const std::string& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::string text;
  std::array<char, 65536> buffer{};
  int size = 0;
  while ((size = gzread(file.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  int status = Z_OK;
  gzerror(file.get(), &status);
  if (size < 0 || status != Z_OK) throw std::runtime_error(path + ": damaged gzip data");
  return text;
}

[[noreturn]] void complain(const std::string& path, std::size_t line, std::string_view what) {
  throw std::runtime_error(fmt::format("{}:{}: {}", path, line, what));
}

E8 number_of(const std::string& path, std::size_t line, std::size_t field,
             const std::string& text) {
  const auto value = Decimal::parse(text);
  const bool fits = value && !value->is_negative() && *value < Decimal(90'000'000'000);
  if (!fits || (field < 5 && value->is_zero())) {
    complain(path, line,
             fmt::format("{} '{}' is no {} decimal", kFields[field], text,
                         field < 5 ? "positive" : "non-negative"));
  }
  return to_e8(*value);
}

Candle candle_of(const std::string& path, std::size_t line, const std::string& text) {
  const auto fields = split(text, ',');
  if (fields.size() != kFields.size()) {
    complain(path, line, fmt::format("{} fields instead of {}", fields.size(), kFields.size()));
  }
  const auto time = parse_iso(fields[0]);
  if (!time || fields[0].back() != 'Z') {
    complain(path, line, fmt::format("candle_time_utc '{}' is no UTC time", fields[0]));
  }
  Candle candle;
  candle.start = *time;
  candle.open = number_of(path, line, 1, fields[1]);
  candle.high = number_of(path, line, 2, fields[2]);
  candle.low = number_of(path, line, 3, fields[3]);
  candle.close = number_of(path, line, 4, fields[4]);
  candle.volume = number_of(path, line, 5, fields[5]);
  if (candle.high < std::max(candle.open, candle.close))
    complain(path, line, "high below open or close");
  if (candle.low > std::min(candle.open, candle.close))
    complain(path, line, "low above open or close");
  // The recording has no traded value: the typical price stands for it.
  candle.value = (Int128{candle.high} + candle.low + candle.close) / 3 * candle.volume;
  return candle;
}

// The candle length: the smallest distance between neighbours.
Unit unit_of(const std::string& path, const std::vector<Candle>& candles) {
  if (candles.size() < 2) throw std::runtime_error(path + ": fewer than two candles");
  Millis shortest = INT64_MAX;
  for (std::size_t i = 1; i < candles.size(); ++i) {
    shortest = std::min(shortest, candles[i].start - candles[i - 1].start);
  }
  const auto unit = unit_of_length(shortest);
  if (!unit || *unit == Unit::k1s) {
    throw std::runtime_error(fmt::format(
        "{}: candles {} s apart are no candle length of the exchange", path, shortest / kSecond));
  }
  return *unit;
}

class RecordedPath : public PathSource {
 public:
  explicit RecordedPath(std::vector<PathCandle> candles) : candles_(std::move(candles)) {}

  std::optional<PathCandle> next() override {
    if (position_ == candles_.size()) return std::nullopt;
    return candles_[position_++];
  }

 private:
  std::vector<PathCandle> candles_;
  std::size_t position_ = 0;
};

// Coarser recordings only until the finer one begins.
std::vector<PathCandle> join(std::vector<std::vector<PathCandle>> recordings) {
  std::sort(recordings.begin(), recordings.end(),
            [](const auto& a, const auto& b) { return a.front().unit < b.front().unit; });
  std::vector<PathCandle> joined = std::move(recordings.front());
  for (std::size_t i = 1; i < recordings.size(); ++i) {
    auto& coarser = recordings[i];
    const Millis finer_start = joined.front().candle.start;
    std::erase_if(coarser, [finer_start](const PathCandle& path) {
      return path.candle.start + nominal_length(path.unit) > finer_start;
    });
    joined.insert(joined.begin(), coarser.begin(), coarser.end());
  }
  return joined;
}

MarketPlan plan_of(const std::string& code, const std::vector<PathCandle>& recorded, Millis shift,
                   Millis now) {
  MarketPlan plan;
  plan.code = plan.korean_name = plan.english_name = code;
  std::vector<PathCandle> future;
  for (PathCandle path : recorded) {
    path.candle.start += shift;
    path.candle.last_trade = path.candle.start + nominal_length(path.unit) - 1;
    const bool over = path.candle.start + nominal_length(path.unit) <= now;
    if (path.candle.volume == 0) continue;
    (over ? plan.history : future).push_back(path);
  }
  if (plan.history.empty()) {
    throw std::runtime_error(code + ": nothing recorded before the moment that becomes now");
  }
  plan.future = std::make_unique<RecordedPath>(std::move(future));
  return plan;
}

}  // namespace

std::vector<PathCandle> read_candle_file(const std::string& path) {
  const std::string text = read_all(path);
  std::vector<Candle> candles;
  std::size_t line = 0;
  for (std::string row : split(text, '\n')) {
    ++line;
    if (!row.empty() && row.back() == '\r') row.pop_back();
    if (line == 1) {
      if (row != kHeader) complain(path, 1, "the header is not '" + std::string(kHeader) + "'");
      continue;
    }
    if (row.empty()) continue;
    candles.push_back(candle_of(path, line, row));
    if (candles.size() > 1 && candles.back().start <= candles[candles.size() - 2].start) {
      complain(path, line, "candle_time_utc is not after the line before");
    }
  }
  const Unit unit = unit_of(path, candles);
  std::vector<PathCandle> recorded;
  for (const Candle& candle : candles) {
    if (candle.start != start_of(unit, candle.start)) {
      throw std::runtime_error(path + ": " + format_utc(candle.start) + "Z is not on the grid");
    }
    recorded.push_back({unit, candle});
  }
  return recorded;
}

std::vector<MarketPlan> replay_markets(const std::vector<std::string>& files,
                                       const std::string& from, Millis now) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::vector<PathCandle>>> recordings;
  for (const std::string& spec : files) {
    const auto equals = spec.find('=');
    const std::string code = spec.substr(0, equals);
    if (code.find('-') == std::string::npos) {
      throw std::runtime_error("'" + code + "' is no market code like KRW-BTC");
    }
    if (!recordings.contains(code)) order.push_back(code);
    recordings[code].push_back(read_candle_file(spec.substr(equals + 1)));
  }
  std::map<std::string, std::vector<PathCandle>> joined;
  for (auto& [code, parts] : recordings) joined[code] = join(std::move(parts));

  Millis anchor = 0;
  if (!from.empty()) {
    anchor = *parse_iso(from);
  } else {
    const auto& first = joined[order.front()];
    const Unit finest = first.back().unit;
    const auto start = std::find_if(first.begin(), first.end(), [finest](const PathCandle& path) {
      return path.unit == finest;
    });
    anchor = start->candle.start + (first.back().candle.start - start->candle.start) * 4 / 5;
  }
  // Whole days, so that candles of every length stay on their grid.
  const Millis shift = (now - anchor + kDay / 2) / kDay * kDay;
  std::vector<MarketPlan> plans;
  for (const std::string& code : order) plans.push_back(plan_of(code, joined[code], shift, now));
  return plans;
}

}  // namespace everbit::upbit_sim
