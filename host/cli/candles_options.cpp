#include "cli/candles_options.h"

#include "store/migrations.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

constexpr std::chrono::seconds kPatience{60};

Result<std::optional<Timestamp>> time_of(const CommandLine& line, const char* option) {
  if (!line.has(option)) return std::optional<Timestamp>();
  const auto text = line.values()[option].as<std::string>();
  const auto time = Timestamp::parse(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time) {
    return Error("CANDLES_REQUEST", "a date, or ISO-8601 with a zone, not " + text, option);
  }
  return std::optional(*time);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t comma = text.find(','); comma != std::string::npos;
       comma = text.find(',', from)) {
    parts.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

}  // namespace

std::optional<CandlesSession> CandlesSession::open(const CommandLine& line) {
  auto settings = load_settings(line);
  if (!settings) return std::nullopt;
  auto connect = connect_settings(*settings);
  if (auto good = store::check_schema(connect, command_deadline()); !good) {
    fail(line, good.error());
    return std::nullopt;
  }
  connect.statement_timeout = kPatience;
  auto pool = std::make_unique<store::Pool>(store::PoolSettings{connect, 1});
  return CandlesSession{std::move(*settings), std::move(pool)};
}

Result<std::vector<candles::Series>> parse_series(const std::vector<std::string>& markets,
                                                  const std::string& timeframes) {
  std::vector<candles::Series> all;
  for (const std::string& market : markets) {
    for (const std::string& timeframe : split(timeframes)) {
      auto series = candles::make_series(market, timeframe);
      if (!series) return series.error();
      all.push_back(std::move(*series));
    }
  }
  return all;
}

void add_range_options(CommandLine& line) {
  line.add()(
      "from", po::value<std::string>(),
      "시작: 날짜 또는 시간대가 있는 ISO-8601 · first open: a date (00:00 UTC), or ISO-8601");
  line.add()("to", po::value<std::string>(), "끝 (포함 안 함) · the end, not included");
}

Result<GivenRange> parse_range(const CommandLine& line) {
  const auto from = time_of(line, "from");
  if (!from) return from.error();
  const auto to = time_of(line, "to");
  if (!to) return to.error();
  if (*from && *to && **to <= **from) {
    return Error("CANDLES_REQUEST", "must be after --from", "to");
  }
  return GivenRange{*from, *to};
}

}  // namespace everbit::cli
