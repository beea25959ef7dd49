#include "cli/optimize_command.h"

#include <fmt/format.h>

#include <iostream>
#include <thread>

#include "backtest/optimize/optimizer.h"
#include "base/files.h"
#include "base/timestamp.h"
#include "cli/backtest_line.h"
#include "cli/candle_files.h"
#include "cli/confined_command.h"
#include "cli/progress_bar.h"
#include "cli/text.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

struct Options {
  BacktestOptions common;
  backtest::SearchRequest search;
  std::string json;
  std::uint64_t max_memory = 0;  // bytes
};

// A thread's stack and what its malloc reserves: address space that is hardly ever used.
constexpr std::uint64_t kOfThread = std::uint64_t{160} << 20;
constexpr std::uint64_t kMostMebibytes = std::uint64_t{1} << 20;
constexpr const char* kTrials = "trials";
constexpr const char* kResult = "result.json";
constexpr std::size_t kMostTrials = std::size_t{256} << 20;

po::options_description describe() {
  po::options_description options = backtest_line();
  options.add_options()("param", po::value<Texts>()->composing(),
                        "KEY=lo:hi:step 또는 KEY=a,b,c 찾을 설정 · a parameter to search");
  options.add_options()("method", po::value<std::string>()->default_value("grid"),
                        "grid | random | tpe");
  options.add_options()("trials", po::value<std::size_t>()->default_value(0),
                        "시도 수 · sets to try (grid: all)");
  options.add_options()("seed", po::value<std::uint64_t>()->default_value(1), "난수 씨앗 · seed");
  options.add_options()("objective", po::value<std::string>()->default_value("sharpe"),
                        "sharpe | calmar | sqn | totalReturn");
  options.add_options()("min-trades", po::value<std::int64_t>()->default_value(30),
                        "훈련 구간 최소 거래 수 · trades a training needs");
  options.add_options()("threads", po::value<std::size_t>()->default_value(0),
                        "스레드 수(0: 코어마다 하나) · threads, 0: one for each core");
  options.add_options()("max-memory", po::value<std::uint64_t>()->default_value(300),
                        "MiB 주소 공간 한도, 스레드마다 따로 더해짐 · limit of the address space, "
                        "beside what each thread takes");
  options.add_options()(
      "trials-file", po::value<std::string>()->default_value(""),
      "끝난 시도를 남길 파일, 다시 시작하면 건너뜀 · keeps finished trials; a search "
      "that is started again skips them");
  options.add_options()("json", po::value<std::string>()->default_value(""),
                        "FILE 결과 JSON 저장, - 는 표준 출력 · where the result goes");
  return options;
}

void print_help() {
  std::cout
      << "everbit backtest optimize --candles MARKET=FILE --param KEY=… [옵션 · options]\n\n"
         "전략 설정을 모든 코어로 찾습니다. 범위의 마지막 20 %는 마지막에 한 번만 봅니다.\n"
         "Searches a strategy's parameters on all cores: 180 days of training and 60 of test,\n"
         "moving by 60; the last fifth of the range is held out and read once, by the winner.\n\n"
      << describe()
      << "\n예 · Example\n"
         "  everbit backtest optimize --timeframe 60m --candles KRW-BTC=btc-60m.csv.gz \\\n"
         "    --param flip.buyRsi=28:40:2 --param exit.RANGE.stop=1.5,2,2.5 --method tpe \\\n"
         "    --trials 200\n\n"
         "종료 코드 · Exit codes: 0 완료 · done, 1 실패 또는 과적합 의심 · failed or likely\n"
         "over-fitted, 2 잘못된 명령 · usage\n";
}

Result<Options> read(const po::variables_map& given) {
  Options options;
  auto common = read_line(given);
  if (!common) return common.error();
  options.common = std::move(*common);
  options.search.request = options.common.request;
  if (given.count("param") == 0) return usage("param", "at least one parameter to search");
  for (const std::string& text : given["param"].as<Texts>()) {
    auto dimension = backtest::parse_dimension(text);
    if (!dimension) return usage("param", dimension.error().message);
    options.search.dimensions.push_back(std::move(*dimension));
  }
  const auto method = backtest::method_of(given["method"].as<std::string>());
  if (!method) return usage("method", "grid, random or tpe");
  const auto objective = backtest::objective_of(given["objective"].as<std::string>());
  if (!objective) return usage("objective", "sharpe, calmar, sqn or totalReturn");
  options.search.method = *method;
  options.search.objective = *objective;
  options.search.trials = given["trials"].as<std::size_t>();
  options.search.seed = given["seed"].as<std::uint64_t>();
  options.search.min_trades = given["min-trades"].as<std::int64_t>();
  options.search.threads = given["threads"].as<std::size_t>();
  options.search.file = given["trials-file"].as<std::string>();
  options.json = given["json"].as<std::string>();
  const auto mebibytes = given["max-memory"].as<std::uint64_t>();
  if (mebibytes == 0 || mebibytes > kMostMebibytes) return usage("max-memory", "1 to 1,048,576");
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = options.search.threads == 0 ? cores : options.search.threads;
  options.max_memory = (mebibytes << 20) + threads * kOfThread;
  if (options.search.threads > 1'024) return usage("threads", "at most 1,024");
  return options;
}

std::string day(std::int64_t ns) { return Timestamp::from_ns(ns).to_iso().substr(0, 10); }

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

std::string set_text(const backtest::SearchResult& result, std::optional<std::size_t> trial) {
  if (!trial) return "-";
  std::string text;
  for (const auto& [key, value] : result.space().params(result.trials[*trial].point)) {
    text += (text.empty() ? "" : " ") + key + "=" + value;
  }
  return text;
}

void print_windows(const backtest::SearchResult& result) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& w : result.windows) {
    rows.push_back({day(w.window.train_from), day(w.window.train_to), day(w.window.test_to),
                    number(w.choice ? w.training.objective : std::nullopt),
                    number(w.choice ? w.test.objective : std::nullopt),
                    w.choice ? fmt::format("{:.2f} %", w.test.total_return * 100) : "-",
                    set_text(result, w.choice)});
  }
  print_table(
      std::cout,
      {"훈련 train", "검증 test", "끝 to", "훈련 train", "검증 test", "수익 return", "설정 set"},
      rows);
}

void print_summary(const backtest::SearchResult& result) {
  std::cout << "\n설정 찾기 결과 · Search: " << result.trials.size() << " "
            << name_of(result.search.method) << ", " << name_of(result.search.objective) << "\n\n";
  print_windows(result);
  std::cout << '\n';
  print_field(std::cout, "가장 좋은 설정 Winner", set_text(result, result.winner));
  if (!result.winner) {
    std::cout << "\n거래 수가 --min-trades에 이른 설정이 없습니다. · No set had as many trades as "
                 "--min-trades demands.\n";
    return;
  }
  print_field(std::cout, "훈련 중앙값 Median of trainings",
              number(result.trials[*result.winner].median()));
  print_field(std::cout, "훈련 연수익 Trainings a year",
              fmt::format("{:.2f} %", result.training_return_a_year * 100));
  print_field(std::cout, "검증 연수익 Tests a year",
              fmt::format("{:.2f} %", result.test_return_a_year * 100));
  print_field(std::cout, "보류 구간 Held-out tail",
              fmt::format("{} - {}: {}, {:.2f} %, {} trades", day(result.plan.tail_from),
                          day(result.plan.tail_to), number(result.tail->objective),
                          result.tail->total_return * 100, result.tail->trades));
  if (result.deflated) {
    const auto& d = *result.deflated;
    print_field(std::cout, "디플레이티드 샤프 Deflated Sharpe ratio",
                fmt::format("{:.4f} (하루 a day {:.4f}, 우연 by chance {:.4f}, {} trials, {} days)",
                            d.probability, d.sharpe, d.expected_maximum, d.trials,
                            static_cast<long>(d.observations)));
  } else {
    print_field(std::cout, "디플레이티드 샤프 Deflated Sharpe ratio", "-");
  }
  if (result.warnings.empty()) {
    std::cout << "\n과적합 징후 없음 · No sign of over-fitting\n";
    return;
  }
  std::cout << "\n과적합으로 보입니다 · Likely over-fitted:";
  for (const std::string& warning : result.warnings) std::cout << ' ' << warning;
  std::cout << '\n';
}

// The child's trials go to the owner's file once a second: a search that is killed goes on there.
int run_outside(const Options& options, Arguments arguments) {
  const std::string& trials = options.search.file;
  ConfinedLine line{
      "backtest optimize", arguments, options.common, options.max_memory, kFailed, {}, {}};
  line.prepare = [&](const std::filesystem::path& folder) -> Result<void> {
    if (trials.empty() || !std::filesystem::exists(trials)) return {};
    const auto kept = read_file(trials, kMostTrials);
    if (!kept) return kept.error();
    return write_file_atomic(folder / kTrials, *kept, 0644);
  };
  std::size_t copied = 0;
  line.collect = [&, copied](const std::filesystem::path& folder) mutable -> Result<void> {
    if (!options.json.empty() && options.json != "-" && std::filesystem::exists(folder / kResult)) {
      const auto result = read_file(folder / kResult, kMostTrials);
      if (!result) return result.error();
      if (auto written = write_file_atomic(options.json, *result, 0644); !written) return written;
    }
    if (trials.empty()) return {};
    const auto made = read_file(folder / kTrials, kMostTrials);
    if (!made || made->size() == copied) return {};
    copied = made->size();
    return write_file_atomic(trials, *made, 0644);
  };
  return run_confined(line);
}

Result<bool> run(const Options& options, const backtest::Progress& progress) {
  plugins::Loader loader(plugins::LoaderOptions{});
  const auto plugin = loader.load_unlisted_strategy(options.common.strategy);
  if (!plugin) return plugin.error();
  const auto candles = read_candles(options.common);
  if (!candles) return candles.error();
  const auto result = backtest::optimize(options.search, *plugin, *candles, progress);
  if (!result) return result.error();
  if (options.json == "-") {
    std::cout << backtest::to_json(*result) << '\n' << std::flush;
  } else {
    if (!options.json.empty()) {
      auto written = write_file_atomic(options.json, backtest::to_json(*result), 0644);
      if (!written) return written.error();
    }
    print_summary(*result);
  }
  return result->winner && result->warnings.empty();
}

}  // namespace

int backtest_optimize(Arguments arguments) {
  const auto given = parse_line(arguments, describe());
  if (given && given->count("help") != 0) {
    print_help();
    return kOk;
  }
  auto options = given ? read(*given) : Result<Options>(given.error());
  if (!options) {
    std::cerr << "everbit backtest optimize: " << to_string(options.error()) << "\n(--help)\n";
    return kUsage;
  }
  const auto folder = confined_in(*given);
  if (!folder && confines()) return run_outside(*options, arguments);
  if (folder) {
    if (!options->search.file.empty()) options->search.file = *folder / kTrials;
    if (!options->json.empty() && options->json != "-") options->json = *folder / kResult;
  }
  const auto done = run(*options, folder ? progress_lines(kProgressFd) : progress_bar());
  if (!done) {
    std::cerr << "everbit backtest optimize: " << to_string(done.error()) << '\n';
    const bool asked_wrong =
        done.error().code == "BACKTEST_REQUEST" || done.error().code == "USAGE";
    return asked_wrong ? kUsage : kFailed;
  }
  return *done ? kOk : kFailed;
}

}  // namespace everbit::cli
