#include "cli/verify_command.h"

#include <iostream>

#include "backtest/verify/child.h"
#include "backtest/verify/verify.h"
#include "base/files.h"
#include "base/timestamp.h"
#include "cli/backtest_line.h"
#include "cli/candle_files.h"
#include "cli/confined_command.h"
#include "cli/progress_bar.h"
#include "cli/text.h"
#include "plugins/loader.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

constexpr int kPassed = 0;
constexpr int kNotPassed = 1;
constexpr int kCouldNotRun = 2;
constexpr std::size_t kEvenCuts = 200;
constexpr std::uint64_t kMostMebibytes = std::uint64_t{1} << 20;
constexpr std::size_t kMostCertificate = std::size_t{1} << 20;
constexpr const char* kCertificate = ".cert.json";

struct Words {
  std::string_view command;
  std::string_view usage;
  std::string_view text;
};

constexpr Words kVerify{
    "verify", "FILE.so --candles MARKET=FILE --candles MARKET=FILE … [옵션 · options]",
    "전략 파일을 검사하고 인증서를 만듭니다. 두 마켓, 각 1만 개 이상의 캔들이 필요합니다.\n"
    "Checks a strategy file and writes its certificate, <sha256>.cert.json: no look at the "
    "future,\n"
    "the same in two processes, from saved state and from 1,000 candles, and its cost. Needs at\n"
    "least 10,000 candles of two markets.\n"};
constexpr Words kLookahead{
    "backtest lookahead", "--candles MARKET=FILE … [옵션 · options]",
    "이 요청에서 전략이 미래를 보는지 검사합니다.\n"
    "Runs the request again up to 200 cuts and each signal, and with other candles after them: no\n"
    "decision before a cut may differ, ranking and cash included.\n"};

po::options_description describe(bool certificate) {
  po::options_description options = backtest_line();
  options.add_options()("json", "JSON으로 · as JSON");
  options.add_options()("max-memory", po::value<std::uint64_t>()->default_value(300),
                        "MiB 주소 공간 한도 · limit of the address space");
  if (certificate) {
    options.add_options()("out", po::value<std::string>()->default_value("."),
                          "인증서 폴더 · the folder of the certificate");
  }
  return options;
}

struct Line {
  po::variables_map given;
  BacktestOptions options;
  std::optional<std::filesystem::path> folder;  // of the confined child, when this is it

  backtest::Progress progress() const {
    return folder ? progress_lines(kProgressFd) : progress_bar();
  }
};

// The first word, if it is no option, is the strategy.
Result<Line> read(Arguments arguments, bool certificate) {
  std::vector<std::string> words(arguments.begin(), arguments.end());
  if (!words.empty() && !words.front().starts_with("-")) {
    words.front() = "--strategy=" + words.front();
  }
  auto given = parse_line(words, describe(certificate));
  if (!given) return given.error();
  if (given->count("help") != 0) return Line{std::move(*given), {}, {}};
  auto options = read_line(*given);
  if (!options) return options.error();
  const auto mebibytes = (*given)["max-memory"].as<std::uint64_t>();
  if (mebibytes == 0 || mebibytes > kMostMebibytes) return usage("max-memory", "1 to 1,048,576");
  auto folder = confined_in(*given);
  return Line{std::move(*given), std::move(*options), std::move(folder)};
}

int could_not(const Words& words, const Error& error) {
  std::cerr << "everbit " << words.command << ": " << to_string(error) << "\n(--help)\n";
  return kCouldNotRun;
}

void print_help(const Words& words, bool certificate) {
  std::cout
      << "everbit " << words.command << ' ' << words.usage << "\n\n"
      << words.text << '\n'
      << describe(certificate)
      << "\n종료 코드 · Exit codes: 0 통과 · passed, 1 실패 · failed, 2 실행 못함 · could not "
         "run\n";
}

void print(const backtest::Certificate& certificate) {
  std::cout << "\n전략 Strategy  " << certificate.strategy_id << " " << certificate.strategy_version
            << "  " << certificate.sha256 << "\n\n";
  for (const backtest::Check& check : certificate.checks) {
    print_field(std::cout, (check.passed ? "통과 passed  " : "실패 FAILED  ") + check.name,
                check.detail);
  }
  std::cout << '\n'
            << (certificate.passed() ? "모든 검사를 통과했습니다. · Every check passed.\n"
                                     : "인증되지 않았습니다. · Not certified.\n");
}

std::string report_of(const std::optional<backtest::Difference>& difference, std::size_t cuts) {
  if (!difference) return "ok " + std::to_string(cuts);
  return difference->market + " " + Timestamp::from_ns(difference->close_time).to_iso() + "\n  " +
         difference->expected + "\n  " + difference->found;
}

// The certificates that the child left, to where the owner wants them.
Result<void> collect_certificates(const std::filesystem::path& folder,
                                  const std::filesystem::path& out) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kCertificate) || !entry.is_regular_file()) continue;
    const auto text = read_file(entry.path(), kMostCertificate);
    if (!text) return text.error();
    if (auto written = write_file_atomic(out / name, *text, 0644); !written) return written;
  }
  return {};
}

int run_outside(const Words& words, const Line& line, Arguments arguments) {
  ConfinedLine confined{words.command, arguments, line.options, 0, kCouldNotRun, {}, {}};
  confined.max_memory = line.given["max-memory"].as<std::uint64_t>() << 20;
  if (line.given.count("out") != 0) {
    confined.collect = [&](const std::filesystem::path& folder) {
      return collect_certificates(folder, line.given["out"].as<std::string>());
    };
  }
  return run_confined(confined);
}

// In a child of its own: one that crashes or hangs is then told from one that looks ahead.
std::string look_ahead(const backtest::Request& request, const plugins::LoadedPlugin& plugin,
                       const backtest::CandleSet& candles, const backtest::Progress& progress) {
  const auto log = backtest::log_run(request, plugin, candles);
  if (!log) return "error " + to_string(log.error());
  std::size_t cuts = 0;
  const auto found =
      backtest::check_prefixes(request, plugin, candles, *log, kEvenCuts, cuts, progress);
  if (!found) return "error " + to_string(found.error());
  return report_of(*found, cuts);
}

}  // namespace

int verify(Arguments arguments) {
  const auto line = read(arguments, true);
  if (!line) return could_not(kVerify, line.error());
  if (line->given.count("help") != 0) {
    print_help(kVerify, true);
    return kPassed;
  }
  if (!line->folder && confines()) return run_outside(kVerify, *line, arguments);
  plugins::Loader loader(plugins::LoaderOptions{});
  const auto plugin = loader.load_unlisted_strategy(line->options.strategy);
  if (!plugin) return could_not(kVerify, plugin.error());
  const auto candles = read_candles(line->options);
  if (!candles) return could_not(kVerify, candles.error());
  const auto certificate =
      backtest::verify(line->options.request, *plugin, *candles, line->progress());
  if (!certificate) return could_not(kVerify, certificate.error());
  const auto out = line->folder.value_or(line->given["out"].as<std::string>());
  const auto file = out / (certificate->sha256 + kCertificate);
  const std::string json = backtest::to_json(*certificate);
  if (auto written = write_file_atomic(file.string(), json + "\n", 0644); !written) {
    return could_not(kVerify, written.error());
  }
  if (line->given.count("json") != 0) {
    std::cout << json << '\n';
  } else {
    print(*certificate);
  }
  return certificate->passed() ? kPassed : kNotPassed;
}

int backtest_lookahead(Arguments arguments) {
  const auto line = read(arguments, false);
  if (!line) return could_not(kLookahead, line.error());
  if (line->given.count("help") != 0) {
    print_help(kLookahead, false);
    return kPassed;
  }
  const auto& request = line->options.request;
  if (auto valid = backtest::validate(request); !valid) return could_not(kLookahead, valid.error());
  if (!line->folder && confines()) return run_outside(kLookahead, *line, arguments);
  plugins::Loader loader(plugins::LoaderOptions{});
  const auto plugin = loader.load_unlisted_strategy(line->options.strategy);
  if (!plugin) return could_not(kLookahead, plugin.error());
  const auto candles = read_candles(line->options);
  if (!candles) return could_not(kLookahead, candles.error());
  const auto report = backtest::run_in_child(
      [&] { return look_ahead(request, *plugin, *candles, line->progress()); });
  if (!report) return could_not(kLookahead, report.error());
  if (report->starts_with("error ")) {
    return could_not(kLookahead, Error("RUN", report->substr(6), "lookahead"));
  }
  const bool passed = report->starts_with("ok ");
  if (passed) {
    std::cout << "통과 · passed: " << report->substr(3) << " cuts\n";
    return kPassed;
  }
  std::cout << "미래를 봅니다 · it looks ahead: first difference at " << *report << '\n';
  return kNotPassed;
}

}  // namespace everbit::cli
