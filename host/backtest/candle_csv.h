#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "backtest/candle_source.h"
#include "backtest/csv_number.h"

namespace everbit::backtest {

struct CsvOptions {
  int timeframe_s = 0;
  Decimal price_scale = Decimal::from_int(1);
  std::int64_t max_rows = 5'000'000;  // over a hundred years of quarters of an hour
};

// Candles of a CSV file, plain or gzip, read as they are asked for:
//
//   candle_time_utc,open,high,low,close,volume[,value]
//   2022-01-01T00:00:00Z,56784000,57118000,56762000,57053000,236.19090944
//
// The time is the candle's open time in UTC, on the timeframe's grid, strictly ascending; a value
// that is not known is an empty field. Whatever is wrong is refused with code CANDLES_CSV and a
// text that names file, line and field; nothing is repaired or skipped. One thread.
class CsvCandleSource final : public CandleSource {
 public:
  static Result<std::unique_ptr<CsvCandleSource>> open(const std::filesystem::path& path,
                                                       CsvOptions options);
  ~CsvCandleSource() override;

  Result<bool> next(Candle& out) override;
  double progress() const override;

 private:
  class Lines;
  CsvCandleSource(std::unique_ptr<Lines> lines, CsvOptions options);

  Result<void> read_header();
  Result<void> read_row(std::string_view line, Candle& out);
  Result<void> check_row(const Candle& candle);
  Result<std::int64_t> read_time(std::string_view text);
  Error refuse(std::string_view field, std::string_view why) const;

  std::unique_ptr<Lines> lines_;
  CsvOptions options_;
  PriceScale scale_;
  PriceScale one_;
  bool has_value_ = false;
  std::int64_t last_open_ = -1;
  std::int64_t rows_ = 0;
  std::string day_text_;
  std::int64_t day_ns_ = 0;
};

}  // namespace everbit::backtest
