#include "backtest/candle_csv.h"

#include <gtest/gtest.h>

#include "unit/backtest/support.h"

namespace everbit::backtest {
namespace {

constexpr char kHeader[] = "candle_time_utc,open,high,low,close,volume\n";

// The text of the refusal; empty if the file was read to its end.
std::string refusal_of(const std::filesystem::path& path) {
  auto source = CsvCandleSource::open(path, {900, Decimal::from_int(1)});
  if (!source) return source.error().message;
  const auto candles = MemoryCandleSource::read_all(**source);
  return candles ? std::string() : candles.error().message;
}

std::string refusal_of_rows(const std::string& rows) {
  return refusal_of(testing::scratch_file("candles.csv", kHeader + rows));
}

TEST(CandleCsvTest, ReadsExactAndNearestNumbers) {
  const auto path = testing::scratch_file(
      "good.csv", std::string(kHeader) + "2022-01-01T00:15:00Z,0.1,0.3,0.05,0.2,1.5e-3\n");
  auto source = CsvCandleSource::open(path, {900, Decimal::from_int(3)});
  ASSERT_TRUE(source);
  Candle candle{};
  ASSERT_TRUE(*(*source)->next(candle));
  EXPECT_EQ(from_abi(candle.open).value(), Decimal::of("0.3"));
  EXPECT_EQ(candle.open_f, 0.3);
  EXPECT_EQ(candle.volume_f, 0.0015) << "the scale is of prices alone";
  EXPECT_EQ(candle.close_time - candle.open_time, 900'000'000'000);
  EXPECT_FALSE(*(*source)->next(candle));
}

TEST(CandleCsvTest, HostileRowsAreNamedByFileLineAndField) {
  const std::string good = "2022-01-01T00:00:00Z,2,3,1,2,5\n";
  const std::pair<const char*, const char*> cases[] = {
      {"2022-01-01T00:15:00+09:00,2,3,1,2,5\n", "candles.csv:3: candle_time_utc: must be UTC"},
      {"2022-01-01T09:15:00,2,3,1,2,5\n", "candles.csv:3: candle_time_utc: must be UTC"},
      {"2022-02-30T00:15:00Z,2,3,1,2,5\n", "candles.csv:3: candle_time_utc: no date"},
      {"2022-01-01T00:07:00Z,2,3,1,2,5\n", "candles.csv:3: candle_time_utc: not on the grid"},
      {"2022-01-01T00:00:00Z,2,3,1,2,5\n", "candles.csv:3: candle_time_utc: the same time twice"},
      {"2021-12-31T23:45:00Z,2,3,1,2,5\n", "candles.csv:3: candle_time_utc: earlier"},
      {"2022-01-01T00:15:00Z,nan,3,1,2,5\n", "candles.csv:3: open: not a number"},
      {"2022-01-01T00:15:00Z,2,inf,1,2,5\n", "candles.csv:3: high: not a number"},
      {"2022-01-01T00:15:00Z,2,3,0,2,5\n", "candles.csv:3: low: a price must be above 0"},
      {"2022-01-01T00:15:00Z,2,3,-1,2,5\n", "candles.csv:3: low: a price must be above 0"},
      {"2022-01-01T00:15:00Z,4,3,1,2,5\n", "candles.csv:3: open: above the high"},
      {"2022-01-01T00:15:00Z,2,3,1,0.5,5\n", "candles.csv:3: close: below the low"},
      {"2022-01-01T00:15:00Z,2,3,1,2,-5\n", "candles.csv:3: volume: must not be negative"},
      {"2022-01-01T00:15:00Z,2,3,1,2,\n", "candles.csv:3: volume: not a number"},
      {"2022-01-01T00:15:00Z,2,3,1,2\n", "candles.csv:3: row: must have 6 fields"},
      {"2022-01-01T00:15:00Z,2,3,1,2,5,6\n", "candles.csv:3: row: must have 6 fields"},
      {"2022-01-01T00:15:00Z,1e30,3,1,2,5\n", "candles.csv:3: open: not a number"},
  };
  for (const auto& [row, expected] : cases) {
    const std::string refusal = refusal_of_rows(good + row);
    EXPECT_TRUE(refusal.starts_with(expected)) << row << refusal;
  }
}

TEST(CandleCsvTest, AWrongHeaderIsRefusedBeforeAnyRow) {
  const std::string refusal =
      refusal_of(testing::scratch_file("header.csv", "time,open,high,low,close,volume\n"));
  EXPECT_TRUE(refusal.starts_with("header.csv:1: header: must be")) << refusal;
  EXPECT_EQ(refusal_of(testing::scratch_file("empty.csv", "")), "empty.csv: the file is empty");
}

TEST(CandleCsvTest, ACutGzipFileIsNotTakenForItsEnd) {
  std::string rows = kHeader;
  for (int day = 1; day <= 28; ++day) {
    for (int hour = 0; hour < 24; ++hour) {
      char row[80];
      std::snprintf(row, sizeof row, "2022-01-%02dT%02d:00:00Z,2,3,1,2,%d.%d\n", day, hour,
                    day * 7919 % 1000, hour * 104729 % 99991);
      rows += row;
    }
  }
  const std::string packed = testing::gzip(rows);
  EXPECT_EQ(refusal_of(testing::scratch_file("whole.csv.gz", packed)), "");
  const auto cut = testing::scratch_file("cut.csv.gz", packed.substr(0, packed.size() / 2));
  EXPECT_NE(refusal_of(cut).find("cut short"), std::string::npos) << refusal_of(cut);
  std::string damaged = packed;
  damaged[packed.size() / 2] = static_cast<char>(~damaged[packed.size() / 2]);
  EXPECT_NE(refusal_of(testing::scratch_file("damaged.csv.gz", damaged)), "");
  const auto plain = testing::scratch_file("plain.csv.gz", rows);
  EXPECT_NE(refusal_of(plain).find("no gzip file"), std::string::npos) << refusal_of(plain);
}

TEST(CandleCsvTest, MoreRowsThanAnyHistoryHasAreRefusedAtTheFirstTooMany) {
  const auto path = testing::scratch_file("many.csv", std::string(kHeader) +
                                                          "2022-01-01T00:00:00Z,2,3,1,2,5\n"
                                                          "2022-01-01T00:15:00Z,2,3,1,2,5\n"
                                                          "2022-01-01T00:30:00Z,2,3,1,2,5\n");
  CsvOptions options{900, Decimal::from_int(1)};
  options.max_rows = 2;
  auto source = CsvCandleSource::open(path, options);
  const auto candles = MemoryCandleSource::read_all(**source);
  ASSERT_FALSE(candles);
  EXPECT_EQ(candles.error().message, "many.csv:4: row: more than 2 rows");
}

TEST(CandleCsvTest, AnEndlessLineIsRefusedWithoutReadingItAll) {
  const auto path = testing::scratch_file("long.csv", kHeader + std::string(5'000'000, '1'));
  EXPECT_NE(refusal_of(path).find("more than 1,024"), std::string::npos);
}

}  // namespace
}  // namespace everbit::backtest
