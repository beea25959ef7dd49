#include "cli/candles_command.h"

#include <iostream>

#include "base/json_writer.h"
#include "base/log.h"
#include "candles/csv_export.h"
#include "candles/csv_import.h"
#include "candles/fetch.h"
#include "candles/quotation_access.h"
#include "cli/candles_options.h"
#include "cli/progress_bar.h"
#include "cli/text.h"
#include "store/installation.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;
using candles::Series;

constexpr std::size_t kMostMarkets = 300;
constexpr Timestamp kEnd = Timestamp::from_seconds(9'000'000'000);

constexpr Help kFetchHelp{
    "candles fetch", "[MARKET…] --from DATE | --days N [옵션 · options]",
    "거래소에서 없는 캔들만 읽어 저장합니다. 중단되어도 다시 실행하면 이어집니다.\n"
    "Reads the candles that are missing from the exchange; run again, it goes on where it stood.\n"
    "마켓을 쓰지 않으면 설정의 마켓 전부 · without a MARKET: those of the settings."};

constexpr Help kImportHelp{
    "candles import", "FILE[.gz] --market KRW-BTC --timeframe 15m [옵션 · options]",
    "CSV 파일을 저장합니다. 잘못된 줄이 있으면 아무것도 저장하지 않습니다.\n"
    "Puts a CSV file into the cache: all of it or, whatever is wrong, nothing. The header:\n"
    "candle_time_utc,open,high,low,close,volume[,value]"};

constexpr Help kExportHelp{"candles export",
                           "MARKET --timeframe 15m --out FILE[.gz] [옵션 · options]",
                           "저장된 캔들을 CSV로 씁니다. 다시 import 하면 같은 캔들이 됩니다.\n"
                           "Writes the stored candles as CSV; imported again they are the same. "
                           "--out - : standard output"};

struct Fetched {
  Series series;
  candles::FetchReport report;
};

void print_fetched(const std::vector<Fetched>& all) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [series, report] : all) {
    rows.push_back({series.market, series.timeframe(), std::to_string(report.periods),
                    std::to_string(report.candles), std::to_string(report.periods - report.candles),
                    std::to_string(report.requests)});
  }
  print_table(std::cout,
              {"마켓", "봉", "없던 구간 · missing", "캔들 · candles", "거래 없음 · no trade",
               "요청 · requests"},
              rows);
}

void print_fetched_json(const std::vector<Fetched>& all) {
  JsonWriter json;
  json.begin_object().key("series").begin_array();
  for (const auto& [series, report] : all) {
    json.begin_object()
        .field("market", series.market)
        .field("timeframe", series.timeframe())
        .field("missing", report.periods)
        .field("candles", report.candles)
        .field("noTrade", report.periods - report.candles)
        .field("requests", report.requests)
        .end_object();
  }
  std::cout << json.end_array().end_object().str() << '\n';
}

std::vector<std::string> markets_of(const CommandLine& line, const config::Settings& settings) {
  if (!line.words().empty()) return line.words();
  std::vector<std::string> markets;
  for (const auto& market : settings.strategy.markets) {
    if (market.enabled) markets.push_back(market.code);
  }
  return markets;
}

Result<std::vector<Fetched>> fetch_all(CandlesSession& session, const std::vector<Series>& all,
                                       candles::Range range) {
  // The table and the errors say it all.
  set_log_level(LogLevel::kError);
  const SystemClock clock;
  const auto owner = store::ensure_owner(*session.pool, clock, command_deadline());
  if (!owner) return owner.error();
  auto access = candles::QuotationAccess::open({session.settings, clock, *session.pool, *owner});
  if (!access) return access.error();
  const candles::CandleFetch fetch({*session.pool, (*access)->gateway(), clock, *owner});
  std::vector<Fetched> done;
  for (const Series& series : all) {
    const auto bar = progress_bar(series.name());
    auto report = fetch.fetch(series, range, [&](std::int64_t periods, std::int64_t wanted) {
      if (bar) bar(static_cast<double>(periods) / static_cast<double>(wanted));
      return true;
    });
    if (!report) return report.error();
    done.push_back({series, *report});
  }
  return done;
}

// Errors of what was asked for are the command line's.
int refuse_or_fail(const CommandLine& line, const Error& error) {
  return error.code == "CANDLES_REQUEST" ? line.refuse(error.field + ": " + error.message)
                                         : fail(line, error);
}

Result<Series> one_series(const CommandLine& line, const std::string& market) {
  if (!line.has("timeframe")) {
    return Error("CANDLES_REQUEST", "is needed, like 15m", "--timeframe");
  }
  return candles::make_series(market, line.values()["timeframe"].as<std::string>());
}

void print_import(const CommandLine& line, const Series& series,
                  const candles::ImportReport& report) {
  const candles::PutCounts& counts = report.counts;
  if (!line.json()) {
    print_field(std::cout, "저장 · added", std::to_string(counts.added));
    print_field(std::cout, "같은 캔들 · same as before", std::to_string(counts.same));
    print_field(std::cout, "교체 · replaced", std::to_string(counts.replaced));
    print_field(std::cout, "처음 · first", report.range.from.to_iso());
    print_field(std::cout, "끝 · end", report.range.to.to_iso());
    return;
  }
  JsonWriter json;
  json.begin_object()
      .field("market", series.market)
      .field("timeframe", series.timeframe())
      .field("added", counts.added)
      .field("same", counts.same)
      .field("replaced", counts.replaced)
      .field("noTradeStretches", report.silences)
      .field("from", report.range.from.to_iso())
      .field("to", report.range.to.to_iso());
  std::cout << json.end_object().str() << '\n';
}

}  // namespace

int candles_fetch(Arguments arguments) {
  CommandLine line(kFetchHelp, CommandLine::Settings::kNeeded);
  line.add()("timeframe", po::value<std::string>(),
             "15m[,240m…] 기본은 설정의 세 가지 · those of the settings if not given");
  line.add()("days", po::value<int>(), "지금부터 N일 전까지 · the last N days");
  add_range_options(line);
  if (const auto code = line.parse(arguments, kMostMarkets)) return *code;
  auto given = parse_range(line);
  if (!given) return refuse_or_fail(line, given.error());
  const Timestamp now = SystemClock().now();
  if (line.has("days")) {
    const int days = line.values()["days"].as<int>();
    if (given->from || days < 1 || days > 3'660) {
      return line.refuse("--days: 1 to 3660, and not with --from");
    }
    given->from = now - std::chrono::hours(24) * days;
  }
  if (!given->from) return line.refuse("--from or --days is needed");
  auto session = CandlesSession::open(line);
  if (!session) return kFailed;
  const config::StrategySettings& strategy = session->settings.strategy;
  const auto timeframes = line.has("timeframe")
                              ? line.values()["timeframe"].as<std::string>()
                              : strategy.timeframe.text() + "," + strategy.macro_timeframe.text() +
                                    "," + strategy.long_timeframe.text();
  const auto series = parse_series(markets_of(line, session->settings), timeframes);
  if (!series) return refuse_or_fail(line, series.error());
  const auto done = fetch_all(*session, *series, {*given->from, given->to.value_or(now)});
  if (!done) return fail(line, done.error());
  line.json() ? print_fetched_json(*done) : print_fetched(*done);
  return kOk;
}

int candles_import(Arguments arguments) {
  CommandLine line(kImportHelp, CommandLine::Settings::kNeeded);
  line.add()("market", po::value<std::string>()->default_value(""), "마켓 · the market");
  line.add()("timeframe", po::value<std::string>(), "봉 길이 · the candles' length");
  line.add()("complete", "빠진 구간은 거래가 없던 구간 · what the file lacks is without a trade");
  line.add()("replace", "다르게 저장된 캔들을 교체 · replace candles that are stored otherwise");
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1) return line.refuse("FILE is needed");
  const auto series = one_series(line, line.values()["market"].as<std::string>());
  if (!series) return refuse_or_fail(line, series.error());
  const auto session = CandlesSession::open(line);
  if (!session) return kFailed;
  candles::ImportOptions options;
  options.complete = line.has("complete");
  if (line.has("replace")) options.contradicted = candles::Contradicted::kReplace;
  const auto report = candles::import_csv(*session->pool, SystemClock(), *series, line.words()[0],
                                          options, progress_bar(series->name()));
  if (!report) return fail(line, report.error());
  print_import(line, *series, *report);
  return kOk;
}

int candles_export(Arguments arguments) {
  CommandLine line(kExportHelp, CommandLine::Settings::kNeeded);
  line.add()("timeframe", po::value<std::string>(), "봉 길이 · the candles' length");
  line.add()("out", po::value<std::string>(), "FILE[.gz] | -");
  add_range_options(line);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1) return line.refuse("MARKET is needed, like KRW-BTC");
  if (!line.has("out")) return line.refuse("--out is needed");
  const auto series = one_series(line, line.words()[0]);
  if (!series) return refuse_or_fail(line, series.error());
  const auto given = parse_range(line);
  if (!given) return refuse_or_fail(line, given.error());
  const auto session = CandlesSession::open(line);
  if (!session) return kFailed;
  const auto out = line.values()["out"].as<std::string>();
  const auto rows = candles::export_csv(
      *session->pool, *series, {given->from.value_or(Timestamp()), given->to.value_or(kEnd)}, out);
  if (!rows) return fail(line, rows.error());
  // What goes to standard output is the candles alone.
  std::ostream& told = out == "-" ? std::cerr : std::cout;
  if (line.json()) {
    told << JsonWriter().begin_object().field("rows", *rows).end_object().str() << '\n';
  } else {
    print_field(told, "캔들 · candles", std::to_string(*rows));
  }
  return kOk;
}

}  // namespace everbit::cli
