#include "cli/parity_command.h"

#include <iostream>
#include <sstream>

#include "backtest/verify/child.h"
#include "base/log.h"
#include "candles/fetch.h"
#include "candles/quotation_access.h"
#include "cli/candles_options.h"
#include "cli/text.h"
#include "parity/read_recording.h"
#include "parity/report.h"
#include "plugins/listed_plugins.h"
#include "store/installation.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;
using parity::DifferenceClass;
using parity::ParityReport;
using parity::Recording;

constexpr int kPassed = 0;
constexpr int kBug = 1;
constexpr int kNotTold = 2;
constexpr std::size_t kMostShown = 100;
constexpr std::chrono::hours kDay{24};
constexpr std::chrono::minutes kReadBudget{2};

constexpr Help kHelp{
    "parity", "[--date 2026-11-22] [옵션 · options]",
    "하루의 실거래 판단을 백테스트로 다시 돌려 차이를 원인별로 나눕니다.\n"
    "Replays a UTC day twice from what was recorded: with the recorded candles and the real "
    "fills,\n"
    "then with the stored candles and the fill model, and tells apart where live differs:\n"
    "  data    기록된 캔들과 저장된 캔들이 다름 · the recorded candle is not the stored one\n"
    "  timing  2초 넘게 늦었거나 다른 마켓들과 순위를 매김 · decided late, or ranked otherwise\n"
    "  fill    실제 체결을 쓰면 같음 · the same once the real fills are used\n"
    "  state   그 밖의 모두: 버그 · all else: a bug\n"
    "종료 코드 · Exit codes: 0 버그 없음 · no bug, 1 state 있음 · a state difference, 2 알 수 없음 "
    "· could not tell"};

struct Asked {
  parity::ParitySubject subject;
  parity::RecordingQuestion question;
};

int could_not(const CommandLine& line, const Error& error) {
  fail(line, error);
  return kNotTold;
}

Result<Timestamp> day_of(const CommandLine& line) {
  const Timestamp now = SystemClock().now();
  if (!line.has("date")) return now.floor_to(kDay) - kDay;
  const auto text = line.values()["date"].as<std::string>();
  const auto day = Timestamp::parse(text + "T00:00:00Z");
  if (text.size() != 10 || !day) return Error("USAGE", "a day like 2026-11-22", "--date");
  if (*day > now) return Error("USAGE", "that day is still to come", "--date");
  return *day;
}

Asked ask(const config::Settings& settings, store::OwnerId owner, Timestamp day,
          const std::string& mode) {
  const config::StrategySettings& strategy = settings.strategy;
  const auto seconds = [](const config::Timeframe& one) {
    return static_cast<int>(one.length().count());
  };
  Asked asked;
  asked.question = {owner,
                    strategy.key,
                    mode,
                    {seconds(strategy.timeframe), seconds(strategy.macro_timeframe),
                     seconds(strategy.long_timeframe)},
                    strategy.timeframe.text(),
                    day,
                    day + kDay};
  asked.subject = {day.to_iso().substr(0, 10), strategy.key, mode, strategy.timeframe.text()};
  return asked;
}

// What the cache lacks of the day and of the long period before it.
Result<void> fetch_missing(const CandlesSession& session, const Asked& asked) {
  set_log_level(LogLevel::kError);
  const SystemClock clock;
  auto access = candles::QuotationAccess::open(
      {session.settings, clock, *session.pool, asked.question.owner});
  if (!access) return access.error();
  const candles::CandleFetch fetch(
      {*session.pool, (*access)->gateway(), clock, asked.question.owner});
  for (const auto& market : session.settings.strategy.markets) {
    if (!market.enabled) continue;
    const candles::Range range{parity::first_candle_needed(asked.question), asked.question.to};
    auto done = fetch.fetch({market.code, asked.question.timeframes.signal_s}, range,
                            [](std::int64_t, std::int64_t) { return true; });
    if (!done) return done.error();
  }
  return {};
}

Result<Recording> read(CandlesSession& session, const Asked& asked) {
  plugins::Loader loader(plugins::LoaderOptions{});
  const auto find =
      [&](const std::string& sha256) -> Result<std::shared_ptr<const plugins::LoadedPlugin>> {
    auto plugin = loader.load_unlisted_strategy(session.settings.plugins.dir / (sha256 + ".so"));
    if (!plugin) return plugin.error();
    return std::make_shared<const plugins::LoadedPlugin>(std::move(*plugin));
  };
  auto recording =
      parity::read_recording(*session.pool, asked.question, find, Deadline::after(kReadBudget));
  if (!recording) return recording;
  const config::RiskSettings& risk = session.settings.risk;
  recording->min_order = risk.min_order_krw;
  recording->max_order = risk.max_order_krw;
  recording->max_open_markets = static_cast<int>(risk.max_open_markets);
  for (const auto& market : session.settings.strategy.markets) {
    recording->request.priorities[market.code] = static_cast<double>(market.priority);
  }
  std::erase_if(recording->request.priorities,
                [&](const auto& one) { return !recording->markets.contains(one.first); });
  return recording;
}

std::string decided(const parity::LiveDecision* decision) {
  return decision == nullptr ? "-" : decision->state + " " + decision->side;
}

std::string decided(const std::optional<parity::Outcome>& outcome) {
  return outcome ? outcome->state + " " + outcome->side : "-";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void print_differences(std::ostream& out, const ParityReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : report.differences) {
    if (rows.size() == kMostShown) break;
    rows.push_back({one.market, Timestamp::from_ns(one.close_time).to_iso(),
                    std::string(name_of(one.kind)), joined(one.fields), decided(one.live),
                    decided(one.back_test), one.cause});
  }
  out << '\n';
  print_table(out,
              {"마켓", "마감 · close", "분류 · class", "다른 점 · what", "실거래 · live",
               "백테스트 · back-test", "원인 · cause"},
              rows);
  if (report.differences.size() > kMostShown) out << "  … (--json)\n";
}

std::string text_of(const parity::ParitySubject& subject, const Recording& recording,
                    const ParityReport& report) {
  std::ostringstream out;
  out << subject.date << " UTC  " << subject.strategy_key << ' ' << subject.timeframe << "  "
      << subject.mode << "\n\n";
  print_field(out, "마켓 · markets", std::to_string(recording.markets.size()));
  print_field(out, "판단 · decisions", std::to_string(report.decisions));
  print_field(out, "2초 넘게 늦음 · later than 2 s", std::to_string(report.late));
  print_field(out, "다른 캔들 · candles that differ", std::to_string(report.candles.size()));
  for (const auto kind : {DifferenceClass::kData, DifferenceClass::kTiming, DifferenceClass::kFill,
                          DifferenceClass::kState, DifferenceClass::kUnrecorded}) {
    if (kind == DifferenceClass::kUnrecorded && report.unrecorded == 0) continue;
    print_field(out, name_of(kind), std::to_string(report.count(kind)));
  }
  if (!report.differences.empty()) print_differences(out, report);
  out << '\n'
      << (report.differences.empty()
              ? "실거래와 백테스트가 같습니다. · Live is what the back-test gives.\n"
          : report.count(DifferenceClass::kState) > 0
              ? "버그입니다: --json 출력과 함께 알려 주십시오. · A bug: please report the --json.\n"
              : "차이는 모두 설명됩니다. · Every difference has its cause.\n");
  return out.str();
}

int exit_code_of(const ParityReport& report) {
  if (report.count(DifferenceClass::kState) > 0) return kBug;
  return report.count(DifferenceClass::kUnrecorded) > 0 ? kNotTold : kPassed;
}

// The first character is the exit code; in a child, as every strategy that is not trading.
std::string compare_in_child(const Asked& asked, const Recording& recording, bool json) {
  const auto report = parity::compare(recording);
  if (!report) return "e" + to_string(report.error()) + "\n";
  return std::to_string(exit_code_of(*report)) +
         (json ? to_json(asked.subject, recording, *report) + "\n"
               : text_of(asked.subject, recording, *report));
}

}  // namespace

int parity(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("date", po::value<std::string>(), "UTC 날짜 (기본: 어제) · the day (yesterday)");
  line.add()("mode", po::value<std::string>(), "REAL | PAPER (기본: 설정 · the settings')");
  line.add()("fill-model", po::value<std::string>()->default_value("close"), "close | next_open");
  line.add()("no-fetch", "없는 캔들을 받지 않음 · do not fetch the candles that are missing");
  if (const auto code = line.parse(arguments)) return *code;
  const auto day = day_of(line);
  if (!day) return line.refuse(day.error().field + ": " + day.error().message);
  const auto model = line.values()["fill-model"].as<std::string>();
  if (model != "close" && model != "next_open") return line.refuse("--fill-model close|next_open");
  auto session = CandlesSession::open(line);
  if (!session) return kNotTold;
  std::string mode(to_string(session->settings.mode));
  if (line.has("mode")) mode = line.values()["mode"].as<std::string>();
  if (mode != "REAL" && mode != "PAPER") return line.refuse("--mode REAL|PAPER");
  const auto owner = store::ensure_owner(*session->pool, SystemClock(), command_deadline());
  if (!owner) return could_not(line, owner.error());
  const Asked asked = ask(session->settings, *owner, *day, mode);
  if (!line.has("no-fetch")) {
    if (auto fetched = fetch_missing(*session, asked); !fetched) {
      return could_not(line, fetched.error());
    }
  }
  auto recording = read(*session, asked);
  if (!recording) return could_not(line, recording.error());
  recording->request.fill_model = model;
  backtest::ChildLimits limits;
  limits.memory = static_cast<std::size_t>(session->settings.backtest.max_memory) << 20;
  // A child is a copy of this process: without the settings' secrets and the database's threads.
  session.reset();
  const bool json = line.json();
  const auto told =
      backtest::run_in_child([&] { return compare_in_child(asked, *recording, json); }, limits);
  if (!told) return could_not(line, told.error());
  if (told->starts_with("e")) {
    std::cerr << "everbit parity: " << told->substr(1);
    return kNotTold;
  }
  std::cout << told->substr(1);
  return told->front() - '0';
}

}  // namespace everbit::cli
