#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/database.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kHeader = "candle_time_utc,open,high,low,close,volume\n";

std::string content(const fs::path& file) {
  const gzFile in = gzopen(file.c_str(), "rb");
  std::string text;
  char part[4096];
  for (int got = 0; (got = gzread(in, part, sizeof part)) > 0;) {
    text.append(part, static_cast<std::size_t>(got));
  }
  gzclose(in);
  return text;
}

class CandlesCsv : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", database_.dsn()}});
  }

  Ended import(const std::string& text, const std::vector<std::string>& more = {}) {
    folder_.write("given.csv", text);
    return import_file(folder_.dir() / "given.csv", "15m", more);
  }
  Ended import_file(const fs::path& file, const std::string& timeframe,
                    const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"candles", "import",      file,      "--market",
                                   "KRW-BTC", "--timeframe", timeframe, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }

  std::string exported(const std::string& timeframe = "15m", const std::string& name = "out.csv") {
    const fs::path file = folder_.dir() / name;
    const Ended ended =
        run({"candles", "export", "KRW-BTC", "--timeframe", timeframe, "--out", file});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return content(file);
  }

  std::string rows() { return database_.value("SELECT count(*) FROM candle_cache"); }

  TestDatabase database_;
  SettingsFolder folder_;
};

struct BadFile {
  const char* name;
  std::string text;
  const char* says;
};

class CandlesCsvRefused : public CandlesCsv, public ::testing::WithParamInterface<BadFile> {};

TEST_P(CandlesCsvRefused, NamesLineAndFieldAndStoresNothing) {
  const Ended ended = import(GetParam().text);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
  EXPECT_EQ(rows(), "0");
}

const std::string kGood = std::string(kHeader) + "2025-01-01T00:00:00Z,10,12,9,11,1.5\n";

INSTANTIATE_TEST_SUITE_P(
    Files, CandlesCsvRefused,
    ::testing::Values(
        BadFile{"Header", "time,open,high,low,close,volume\n", "given.csv:1: header"},
        BadFile{"Order", kGood + "2024-12-31T23:45:00Z,10,12,9,11,1\n",
                "given.csv:3: candle_time_utc: earlier"},
        BadFile{"Duplicate", kGood + "2025-01-01T00:00:00Z,10,12,9,11,1.5\n",
                "given.csv:3: candle_time_utc: the same time twice"},
        BadFile{"NotANumber", kGood + "2025-01-01T00:15:00Z,10,NaN,9,11,1\n", "given.csv:3: high"},
        BadFile{"NegativePrice", kGood + "2025-01-01T00:15:00Z,10,12,-9,11,1\n",
                "given.csv:3: low"},
        BadFile{"ZeroPrice", kGood + "2025-01-01T00:15:00Z,0,12,9,11,1\n", "given.csv:3: open"},
        BadFile{"HighBelowClose", kGood + "2025-01-01T00:15:00Z,10,10.5,9,11,1\n",
                "given.csv:3: close"},
        BadFile{"TimeZone", kGood + "2025-01-01T09:15:00+09:00,10,12,9,11,1\n",
                "given.csv:3: candle_time_utc: must be UTC"},
        BadFile{"OffGrid", kGood + "2025-01-01T00:16:00Z,10,12,9,11,1\n",
                "given.csv:3: candle_time_utc: not on the grid"},
        BadFile{"Future", kGood + "2199-01-01T00:00:00Z,10,12,9,11,1\n",
                "given.csv:3: candle_time_utc: a candle that has not closed yet"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(CandlesCsv, WhatIsImportedIsExportedByteForByte) {
  const std::string text = kGood +
                           "2025-01-01T00:15:00Z,0.00012345,0.00012346,0.0001,0.00011,"
                           "12345678901.123456789\n"
                           "2025-01-02T00:00:00Z,99999999999,99999999999,1,7,0\n";
  const Ended ended = import(text);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"added\":3,\"same\":0,\"replaced\":0"));
  EXPECT_EQ(exported(), text);
  EXPECT_EQ(exported("15m", "out.csv.gz"), text);
  EXPECT_THAT(import(text).out, HasSubstr("\"added\":0,\"same\":3,\"replaced\":0"));
}

TEST_F(CandlesCsv, ATradedValueIsKeptWhereItIsKnown) {
  const std::string text =
      "candle_time_utc,open,high,low,close,volume,value\n"
      "2025-01-01T00:00:00Z,10,12,9,11,1.5,16.25\n"
      "2025-01-01T00:15:00Z,10,12,9,11,1.5,\n";
  ASSERT_EQ(import(text).code, 0);
  EXPECT_EQ(exported(), text);
  // Without the column nothing that was known is forgotten.
  ASSERT_EQ(import(kGood).code, 0);
  EXPECT_EQ(exported(), text);
}

TEST_F(CandlesCsv, AContradictionIsRefusedWholeUnlessItIsToReplace) {
  ASSERT_EQ(import(kGood + "2025-01-01T00:15:00Z,10,12,9,11,1\n").code, 0);
  const std::string other =
      kGood + "2025-01-01T00:15:00Z,10,12,9,10,1\n2025-01-01T00:30:00Z,10,12,9,11,1\n";
  const Ended refused = import(other);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("given.csv:3: another candle is stored for "
                                     "2025-01-01T00:15:00Z"));
  EXPECT_EQ(rows(), "2");
  const Ended replaced = import(other, {"--replace"});
  ASSERT_EQ(replaced.code, 0) << replaced.err;
  EXPECT_THAT(replaced.out, HasSubstr("\"added\":1,\"same\":1,\"replaced\":1"));
  EXPECT_EQ(exported(), other);
  EXPECT_EQ(database_.value("SELECT before_json ->> 'close' || ' ' || (after_json ->> 'close') "
                            "FROM candle_correction"),
            "11 10");
}

TEST_F(CandlesCsv, VerifyTellsMissingFromWithoutTrade) {
  const std::string text = kGood + "2025-01-01T01:00:00Z,10,12,9,11,1\n";
  ASSERT_EQ(import(text).code, 0);
  Ended verified = run({"candles", "verify", "--json"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.out, HasSubstr("\"noTradePeriods\":0,\"missingPeriods\":3"));
  EXPECT_THAT(verified.out, HasSubstr("\"missing\":[{\"from\":\"2025-01-01T00:15:00Z\",\"to\":"
                                      "\"2025-01-01T01:00:00Z\"}]"));
  ASSERT_EQ(import(text, {"--complete"}).code, 0);
  verified = run({"candles", "verify", "--json"});
  EXPECT_EQ(verified.code, 0);
  EXPECT_THAT(verified.out, HasSubstr("\"noTradePeriods\":3,\"missingPeriods\":0"));
  // A candle where nobody had traded: what was known of the stretch is in doubt again.
  ASSERT_EQ(import(std::string(kHeader) + "2025-01-01T00:30:00Z,10,12,9,11,1\n").code, 0);
  EXPECT_THAT(run({"candles", "verify", "--json"}).out,
              HasSubstr("\"noTradePeriods\":0,\"missingPeriods\":2"));
}

TEST_F(CandlesCsv, VerifyFindsCandlesThatCannotBeTrue) {
  ASSERT_EQ(import(kGood).code, 0);
  database_.sql("UPDATE candle_cache SET high_price = 10.5");
  EXPECT_THAT(run({"candles", "verify", "--json"}).out, HasSubstr("HIGH_BELOW_PRICE"));
  database_.sql("UPDATE candle_cache SET high_price = 12, candle_time = '2025-01-01T00:01:00Z'");
  const Ended ended = run({"candles", "verify", "--from", "2025-01-01", "--to", "2025-01-02"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("OFF_GRID"));
}

TEST_F(CandlesCsv, VerifyLooksThroughAFileToo) {
  folder_.write("whole.csv", kGood + "2025-01-01T01:00:00Z,10,12,9,11,1\n");
  const Ended good = run(
      {"candles", "verify", "--csv", folder_.dir() / "whole.csv", "--timeframe", "15m", "--json"});
  EXPECT_EQ(good.out, "{\"sound\":true,\"rows\":2,\"absentPeriods\":3}\n");
  folder_.write("cut.csv.gz", "");
  {
    const gzFile out = gzopen((folder_.dir() / "cut.csv.gz").c_str(), "wb");
    gzwrite(out, kGood.data(), static_cast<unsigned>(kGood.size()));
    gzclose(out);
  }
  fs::resize_file(folder_.dir() / "cut.csv.gz", fs::file_size(folder_.dir() / "cut.csv.gz") - 10);
  const Ended cut =
      run({"candles", "verify", "--csv", folder_.dir() / "cut.csv.gz", "--timeframe", "15m"});
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.err, HasSubstr("CANDLES_CSV"));
}

TEST_F(CandlesCsv, AWrongCommandIsToldByItsOption) {
  EXPECT_EQ(import_file("nothing.csv", "7m").code, 2);
  EXPECT_EQ(run({"candles", "export", "KRWBTC", "--timeframe", "15m", "--out", "-"}).code, 2);
  const Ended order = run({"candles", "export", "KRW-BTC", "--timeframe", "15m", "--out", "-",
                           "--from", "2025-02-01", "--to", "2025-01-01"});
  EXPECT_EQ(order.code, 2);
  EXPECT_THAT(order.err, HasSubstr("to: must be after --from"));
  EXPECT_EQ(import_file("nothing.csv", "15m").code, 1);
}

TEST_F(CandlesCsv, RealFilesComeBackByteForByte) {
  const char* named = std::getenv("EVERBIT_SHARED_DIR");
  const fs::path shared = named != nullptr
                              ? fs::path(named)
                              : fs::path(std::getenv("EVERBIT_SOURCE_DIR")) / "../shared";
  if (!fs::exists(shared / "data/candles")) GTEST_SKIP() << "the shared candles are not here";
  for (const auto& [file, timeframe] : {std::pair("upbit-KRW-BTC-240m-2020-2025.csv.gz", "240m"),
                                        std::pair("upbit-KRW-DOGE-1m-2025-09.csv.gz", "1m"),
                                        std::pair("upbit-KRW-DOGE-1d-2022-2025.csv.gz", "1d")}) {
    const fs::path path = shared / "data/candles" / file;
    const Ended ended = import_file(path, timeframe, {"--complete"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(exported(timeframe), content(path)) << file;
  }
  EXPECT_EQ(run({"candles", "verify"}).code, 0);
}

}  // namespace
}  // namespace everbit::test
