#include <iostream>

#include "backtest/candle_csv.h"
#include "base/json_writer.h"
#include "candles/audit.h"
#include "cli/candles_command.h"
#include "cli/candles_options.h"
#include "cli/text.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;
using candles::Audit;
using candles::Series;

constexpr std::size_t kMostMarkets = 300;
constexpr std::size_t kMostShown = 20;

constexpr Help kHelp{
    "candles verify", "[MARKET…] | --csv FILE --timeframe 15m [옵션 · options]",
    "저장된 캔들의 빠진 구간, 격자, 고가·저가를 검사합니다. 거래가 없던 구간은 오류가 아닙니다.\n"
    "Looks through the stored candles: gaps, the grid, high and low. A period without a trade is\n"
    "no gap. --csv FILE: a file instead. 종료 코드 1: 문제 있음 · exit code 1: something is "
    "wrong."};

void write_ranges(JsonWriter& json, std::string_view key, const std::vector<candles::Range>& all) {
  json.key(key).begin_array();
  for (const candles::Range& range : all) {
    json.begin_object().field("from", range.from.to_iso()).field("to", range.to.to_iso());
    json.end_object();
  }
  json.end_array();
}

void write_audit(JsonWriter& json, const Audit& audit) {
  json.begin_object()
      .field("market", audit.series.market)
      .field("timeframe", audit.series.timeframe())
      .field("sound", audit.is_sound())
      .field("from", audit.range.from.to_iso())
      .field("to", audit.range.to.to_iso())
      .field("rows", audit.rows)
      .field("noTradePeriods", candles::periods_of(audit.series, audit.coverage.silent))
      .field("missingPeriods", candles::periods_of(audit.series, audit.coverage.missing))
      .field("corrections", audit.corrections);
  write_ranges(json, "missing", audit.coverage.missing);
  json.key("noted").begin_array();
  for (const auto& [range, cause] : audit.noted) {
    json.begin_object().field("from", range.from.to_iso()).field("to", range.to.to_iso());
    json.field("cause", cause).end_object();
  }
  json.end_array().key("broken").begin_array();
  for (const auto& [time, why] : audit.broken) {
    json.begin_object().field("openTime", time.to_iso()).field("why", why).end_object();
  }
  json.end_array().end_object();
}

// The cause that was noted while we were live, if one was.
std::string cause_of(const Audit& audit, const candles::Range& missing) {
  for (const auto& [range, cause] : audit.noted) {
    if (range.from < missing.to && missing.from < range.to) return cause;
  }
  return "-";
}

void print_problems(const Audit& audit) {
  std::size_t shown = 0;
  for (const candles::Range& range : audit.coverage.missing) {
    if (++shown > kMostShown) break;
    std::cout << "  " << audit.series.name() << "  없음 · missing  " << range.from.to_iso() << " … "
              << range.to.to_iso() << "  " << cause_of(audit, range) << '\n';
  }
  for (const auto& [time, why] : audit.broken) {
    if (++shown > kMostShown) break;
    std::cout << "  " << audit.series.name() << "  잘못됨 · broken  " << time.to_iso() << "  "
              << why << '\n';
  }
  if (shown > kMostShown) std::cout << "  … (--json)\n";
}

void print_audits(const std::vector<Audit>& all) {
  std::vector<std::vector<std::string>> rows;
  for (const Audit& audit : all) {
    rows.push_back({audit.series.market, audit.series.timeframe(), std::to_string(audit.rows),
                    audit.range.from.to_iso(), audit.range.to.to_iso(),
                    std::to_string(candles::periods_of(audit.series, audit.coverage.silent)),
                    std::to_string(candles::periods_of(audit.series, audit.coverage.missing)),
                    std::to_string(audit.broken.size())});
  }
  print_table(std::cout,
              {"마켓", "봉", "캔들 · candles", "처음 · from", "끝 · to", "거래 없음 · no trade",
               "없음 · missing", "잘못됨 · broken"},
              rows);
  for (const Audit& audit : all) print_problems(audit);
}

Result<std::vector<Series>> wanted(const CommandLine& line, store::Pool& pool) {
  auto all = candles::stored_series(pool, command_deadline());
  if (!all) return all;
  std::vector<Series> asked;
  if (line.has("timeframe")) {
    auto frames =
        parse_series(line.words().empty() ? std::vector<std::string>{"KRW-BTC"} : line.words(),
                     line.values()["timeframe"].as<std::string>());
    if (!frames) return frames;
    asked = std::move(*frames);
  }
  std::erase_if(*all, [&](const Series& series) {
    const auto same_length = [&](const Series& one) {
      return one.timeframe_s == series.timeframe_s;
    };
    const bool market = line.words().empty() ||
                        std::ranges::find(line.words(), series.market) != line.words().end();
    return !market || (!asked.empty() && std::ranges::none_of(asked, same_length));
  });
  if (all->empty()) return Error("CANDLES_NONE", "no such candle is stored");
  return all;
}

// A file is sound if it can be read; what it lacks is told.
int verify_file(const CommandLine& line, const std::string& file) {
  if (!line.has("timeframe")) return line.refuse("--timeframe is needed, like 15m");
  const auto series = candles::make_series("KRW-BTC", line.values()["timeframe"].as<std::string>());
  if (!series) return line.refuse(series.error().field + ": " + series.error().message);
  auto source = backtest::CsvCandleSource::open(file, {series->timeframe_s, Decimal::from_int(1)});
  if (!source) return fail(line, source.error());
  std::int64_t rows = 0;
  std::int64_t absent = 0;
  std::int64_t last = 0;
  trading::Candle candle{};
  for (;;) {
    const auto more = (*source)->next(candle);
    if (!more) return fail(line, more.error());
    if (!*more) break;
    if (rows++ > 0) {
      absent += (candle.open_time - last) / trading::kNanosecondsPerSecond / series->timeframe_s;
    }
    last = candle.close_time;
  }
  if (line.json()) {
    JsonWriter json;
    json.begin_object().field("sound", true).field("rows", rows).field("absentPeriods", absent);
    std::cout << json.end_object().str() << '\n';
    return kOk;
  }
  print_field(std::cout, "캔들 · candles", std::to_string(rows));
  print_field(std::cout, "캔들이 없는 구간 · periods without", std::to_string(absent));
  return kOk;
}

}  // namespace

int candles_verify(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("timeframe", po::value<std::string>(), "15m[,240m…] 이 봉만 · only these lengths");
  line.add()("csv", po::value<std::string>(), "FILE[.gz] 파일 검사 · look through a file");
  add_range_options(line);
  if (const auto code = line.parse(arguments, kMostMarkets)) return *code;
  const auto given = parse_range(line);
  if (!given) return line.refuse(given.error().field + ": " + given.error().message);
  if (line.has("csv")) return verify_file(line, line.values()["csv"].as<std::string>());
  const auto session = CandlesSession::open(line);
  if (!session) return kFailed;
  const auto series = wanted(line, *session->pool);
  if (!series) {
    const Error& error = series.error();
    return error.code == "CANDLES_REQUEST" ? line.refuse(error.field + ": " + error.message)
                                           : fail(line, error);
  }
  std::vector<Audit> all;
  for (const Series& one : *series) {
    auto audit = candles::audit(*session->pool, one, given->from, given->to,
                                Deadline::after(std::chrono::minutes(5)));
    if (!audit) return fail(line, audit.error());
    all.push_back(std::move(*audit));
  }
  const bool sound = std::ranges::all_of(all, [](const Audit& audit) { return audit.is_sound(); });
  if (line.json()) {
    JsonWriter json;
    json.begin_object().field("sound", sound).key("series").begin_array();
    for (const Audit& audit : all) write_audit(json, audit);
    std::cout << json.end_array().end_object().str() << '\n';
  } else {
    print_audits(all);
  }
  return sound ? kOk : kFailed;
}

}  // namespace everbit::cli
