#include "cli/backtest_options.h"

#include <charconv>
#include <sstream>
#include <vector>

#include "cli/backtest_line.h"
#include "cli/confined_command.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

}  // namespace

Error usage(std::string_view option, std::string_view why) {
  return {"USAGE", std::string(why), "--" + std::string(option)};
}

po::options_description backtest_line() {
  po::options_description options("옵션 · Options", 100, 50);
  const auto texts = [] { return po::value<Texts>()->composing(); };
  const auto text = [](const char* preset) {
    return po::value<std::string>()->default_value(preset);
  };
  options.add_options()("help,h", "이 도움말 · this help");
  options.add_options()("strategy", text("EXTREME_FLIP"),
                        "전략 파일(.so) 또는 이름 · a strategy file, or the key of one that stands "
                        "in plugins/ beside the program");
  options.add_options()(
      "candles", texts(),
      "MARKET=FILE[.gz] 마켓마다 한 번 · candles of a market, once for each; CSV: "
      "candle_time_utc,open,high,low,close,volume[,value]");
  options.add_options()("timeframe", text("15m"), "15m | 60m | 240m");
  options.add_options()("from", po::value<std::string>(),
                        "시작 · first candle to trade: a date, or ISO-8601 with a zone; earlier "
                        "candles warm the indicators up");
  options.add_options()("to", po::value<std::string>(), "끝 · last close");
  options.add_options()("capital", text("10000000"), "초기 자본(KRW) · initial capital");
  options.add_options()("fee", text("0.0005"), "수수료율 · fee rate");
  options.add_options()("slippage-bps", text("0"), "슬리피지(bp) · slippage in 1/10,000");
  options.add_options()("set", texts(), "KEY=VALUE 전략 설정 · a parameter of the strategy");
  options.add_options()("priority", texts(), "MARKET=N 작을수록 먼저 · smaller comes first");
  options.add_options()("price-scale", text("1"), "가격 배수 · multiplies every price, exactly");
  options.add_options()("fill-model", text("close"), "체결 모형 · close | next_open | ohlc_path");
  return options;
}

Result<std::map<std::string, std::string>> pairs_of(const po::variables_map& given,
                                                    const char* option) {
  std::map<std::string, std::string> pairs;
  if (given.count(option) == 0) return pairs;
  for (const std::string& text : given[option].as<Texts>()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return usage(option, "must be NAME=VALUE, not " + text);
    }
    if (!pairs.emplace(text.substr(0, equals), text.substr(equals + 1)).second) {
      return usage(option, "given twice: " + text.substr(0, equals));
    }
  }
  return pairs;
}

namespace {

Result<Decimal> decimal_of(const po::variables_map& given, const char* option) {
  const auto value = Decimal::parse(given[option].as<std::string>(), DecimalParse::kExact);
  if (!value) return usage(option, "not a number: " + given[option].as<std::string>());
  return *value;
}

// "EXTREME_FLIP" -> <program>/../plugins/strategy-extreme-flip.so
std::filesystem::path strategy_file(const std::string& name) {
  if (name.ends_with(".so") || name.find('/') != std::string::npos) return name;
  std::string file = "strategy-" + name + ".so";
  for (char& c : file) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  return program.parent_path().parent_path() / "plugins" / file;
}

// The key under which a strategy's results stand; that of a file is its name.
std::string strategy_key(const std::string& name) {
  if (!name.ends_with(".so") && name.find('/') == std::string::npos) return name;
  std::string key = std::filesystem::path(name).stem().string();
  if (key.starts_with("strategy-")) key.erase(0, 9);
  for (char& c : key) {
    if (c == '-') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return key;
}

Result<void> read_numbers(const po::variables_map& given, backtest::Request& request) {
  const std::pair<const char*, Decimal*> numbers[] = {{"capital", &request.initial_capital},
                                                      {"fee", &request.fee_rate},
                                                      {"slippage-bps", &request.slippage_bps},
                                                      {"price-scale", &request.price_scale}};
  for (const auto& [option, target] : numbers) {
    const auto value = decimal_of(given, option);
    if (!value) return value.error();
    *target = *value;
  }
  return {};
}

Result<void> read_range(const po::variables_map& given, backtest::Request& request) {
  for (const auto& [option, target] : {std::pair("from", &request.from), {"to", &request.to}}) {
    if (given.count(option) == 0) continue;
    const auto time = backtest::parse_time(given[option].as<std::string>(), option);
    if (!time) return usage(option, time.error().message);
    *target = *time;
  }
  return {};
}

Result<void> read_priorities(const po::variables_map& given, backtest::Request& request) {
  const auto pairs = pairs_of(given, "priority");
  if (!pairs) return pairs.error();
  for (const auto& [market, text] : *pairs) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return usage("priority", "not a number: " + text);
    }
    request.priorities[market] = number;
  }
  return {};
}

}  // namespace

Result<BacktestOptions> read_line(const po::variables_map& given) {
  BacktestOptions options;
  backtest::Request& request = options.request;
  const auto candles = pairs_of(given, "candles");
  if (!candles) return candles.error();
  if (candles->empty()) return usage("candles", "at least one MARKET=FILE is needed");
  for (const auto& [market, file] : *candles) {
    request.markets.push_back(market);
    options.candles[market] = file;
  }
  const auto frames = backtest::timeframes_of(given["timeframe"].as<std::string>());
  if (!frames) return usage("timeframe", frames.error().message);
  request.timeframes = *frames;
  const auto params = pairs_of(given, "set");
  if (!params) return params.error();
  request.params.assign(params->begin(), params->end());
  for (const auto reader : {read_numbers, read_range, read_priorities}) {
    if (auto done = reader(given, request); !done) return done.error();
  }
  request.fill_model = given["fill-model"].as<std::string>();
  const auto& strategy = given["strategy"].as<std::string>();
  options.strategy = strategy_file(strategy);
  // A confined child works in another folder than the one in which its line was typed.
  if (given.count("base") != 0) {
    const std::filesystem::path base = given["base"].as<std::string>();
    options.strategy = base / options.strategy;
    for (auto& [market, file] : options.candles) file = base / file;
  }
  request.strategy_key = strategy_key(strategy);
  return options;
}

Result<po::variables_map> parse_line(std::span<const std::string> arguments,
                                     const po::options_description& options) {
  po::variables_map given;
  po::options_description all;
  all.add(options).add(confined_line());
  try {
    const auto style =
        po::command_line_style::default_style ^ po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(Texts(arguments.begin(), arguments.end()))
                  .options(all)
                  .positional({})
                  .style(style)
                  .run(),
              given);
  } catch (const po::error& error) {
    return Error("USAGE", error.what(), "arguments");
  }
  return given;
}

namespace {

po::options_description describe() {
  po::options_description options = backtest_line();
  options.add_options()("json", po::value<std::string>(),
                        "FILE 결과 JSON 저장, - 는 표준 출력 · where the result goes");
  options.add_options()("html", po::value<std::string>(),
                        "FILE 보고서(HTML 한 파일) · a report in one HTML file");
  options.add_options()("strategy-key", po::value<std::string>(),
                        "결과에 남는 전략 이름 · the strategy's name in the result");
  options.add_options()("progress-fd", po::value<int>()->default_value(-1),
                        "진행률을 쓸 파일 번호 · a descriptor for the progress, one share a line");
  options.add_options()("stream", "캔들을 읽으며 실행(기본) · read candles as they are needed");
  options.add_options()("bulk", "캔들을 먼저 모두 읽음 · read all candles first");
  return options;
}

}  // namespace

std::string backtest_help() {
  std::ostringstream out;
  out << "everbit backtest run --candles MARKET=FILE[.gz] … [옵션 · options]\n\n"
         "서버 없이 CSV 캔들로 전략을 백테스트합니다.\n"
         "Back-tests a strategy on candles from CSV files; no server is needed.\n\n"
      << describe()
      << "\n예 · Example\n"
         "  everbit backtest run --timeframe 60m --candles KRW-BTC=btc-60m.csv.gz \\\n"
         "    --candles KRW-ETH=eth-60m.csv.gz --from 2023-01-01 --set maxOpenMarkets=1 \\\n"
         "    --json result.json\n\n"
         "종료 코드 · Exit codes: 0 완료 · done, 1 실패 · failed, 2 잘못된 명령 · usage\n";
  return out.str();
}

Result<BacktestOptions> parse_backtest_options(std::span<const std::string> arguments) {
  const auto given = parse_line(arguments, describe());
  if (!given) return given.error();
  if (given->count("help") != 0) {
    BacktestOptions options;
    options.help = true;
    return options;
  }
  auto options = read_line(*given);
  if (!options) return options;
  if (given->count("json") != 0) options->json = (*given)["json"].as<std::string>();
  if (given->count("html") != 0) options->html = (*given)["html"].as<std::string>();
  if (given->count("strategy-key") != 0) {
    options->request.strategy_key = (*given)["strategy-key"].as<std::string>();
  }
  options->progress_fd = (*given)["progress-fd"].as<int>();
  options->bulk = given->count("bulk") != 0;
  if (options->bulk && given->count("stream") != 0) return usage("bulk", "not with --stream");
  return options;
}

}  // namespace everbit::cli
