#include "upbit-sim/options.h"

#include <boost/program_options.hpp>
#include <sstream>

#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/time.h"
#include "upbit-sim/help.h"
#include "upbit-sim/market/scenario.h"

namespace everbit::upbit_sim {
namespace {

namespace po = boost::program_options;

po::options_description describe(Options& o, std::string& cert, std::string& key) {
  po::options_description all;
  all.add_options()("help,h", "this page");
  po::options_description where("Where it listens");
  where.add_options()(
      "listen",
      po::value(&o.listen_address)->value_name("ADDRESS")->default_value(o.listen_address),
      "address of REST and WebSocket")("port",
                                       po::value(&o.port)->value_name("N")->default_value(0),
                                       "their port; 0 takes a free one")(
      "control-port", po::value(&o.control_port)->value_name("N")->default_value(0),
      "port of the control API, always on 127.0.0.1; 0 takes a free one")(
      "tls-cert", po::value(&cert)->value_name("FILE"),
      "serve TLS with this PEM certificate chain")("tls-key", po::value(&key)->value_name("FILE"),
                                                   "and this PEM key")(
      "ready-file", po::value(&o.ready_file)->value_name("FILE"),
      "write the line 'listening ...' there too, whole, once ready")(
      "exit-with-stdin", po::bool_switch(&o.exit_with_stdin),
      "end when standard input closes, so that it never outlives its starter");
  po::options_description market("The market");
  market.add_options()("scenario",
                       po::value(&o.scenario)->value_name("NAME")->default_value(o.scenario),
                       "seeded random market, see below")(
      "seed", po::value(&o.seed)->value_name("N")->default_value(o.seed),
      "the same seed, the same market")("markets", po::value<std::string>()->value_name("A,B"),
                                        "codes, for example KRW-BTC,KRW-ETH")(
      "history-days", po::value(&o.history_days)->value_name("N")->default_value(o.history_days),
      "days of candles before now; the last 45 minute by minute")(
      "dip-every", po::value(&o.dip_every)->value_name("MIN")->default_value(-1),
      "minutes between a market's sell-offs; 0 none, -1 the scenario's")(
      "replay", po::value(&o.replay)->multitoken()->value_name("MARKET=FILE"),
      "play recorded candles (CSV, .gz too) instead; a market may have several files")(
      "replay-from", po::value(&o.replay_from)->value_name("TIME"),
      "UTC time in the recording that becomes now, moved by whole days (default: after 80 %)")(
      "speed", po::value(&o.speed)->value_name("X")->default_value(1.0, "1"),
      "exchange time runs X times as fast")(
      "trades-per-minute",
      po::value(&o.trades_per_minute)->value_name("N")->default_value(o.trades_per_minute),
      "of each market")("level-value",
                        po::value(&o.level_value)->value_name("KRW")->default_value(o.level_value),
                        "mean value offered on each of the 30 levels");
  po::options_description account("Keys and accounts");
  account.add_options()("access-key",
                        po::value(&o.access_key)->value_name("KEY")->default_value(o.access_key),
                        "of the account 'main'")(
      "secret-key", po::value(&o.secret_key)->value_name("KEY")->default_value(o.secret_key), "")(
      "krw", po::value(&o.krw)->value_name("N")->default_value(o.krw), "KRW of the account 'main'")(
      "keys", po::value(&o.key_file)->value_name("FILE"),
      "more keys: a JSON array of what POST /keys of the control port takes");
  po::options_description rules("Behaviour");
  rules.add_options()("fee", po::value(&o.fee)->value_name("RATE")->default_value(o.fee),
                      "fee rate")(
      "matching-delay", po::value(&o.matching_delay)->multitoken()->value_name("LOW HIGH"),
      "ms between accepting and matching (default 5 50)")(
      "rate-limits", po::value(&o.rate_limits)->value_name("BOOL")->default_value(true, "true"),
      "enforce the request limits")("block-seconds",
                                    po::value(&o.block_seconds)->value_name("N")->default_value(60),
                                    "first 418 block; doubles")(
      "idle-seconds", po::value(&o.idle_seconds)->value_name("N")->default_value(120),
      "a WebSocket without data for so long is dropped");
  all.add(where).add(market).add(account).add(rules);
  return all;
}

std::string list_scenarios() {
  std::string text = "Scenarios:\n";
  for (const Scenario& scenario : scenarios()) {
    text +=
        "  " + scenario.name + std::string(12 - scenario.name.size(), ' ') + scenario.about + "\n";
  }
  return text;
}

// What no single option's parser can see; empty when all is well.
std::string complaint(const Options& o, const std::string& cert, const std::string& key) {
  if (cert.empty() != key.empty()) return "--tls-cert and --tls-key go together";
  if (o.replay.empty() && find_scenario(o.scenario) == nullptr) {
    return "no scenario '" + o.scenario + "'";
  }
  for (const std::string& file : o.replay) {
    if (file.find('=') == std::string::npos)
      return "--replay takes MARKET=FILE, not '" + file + "'";
  }
  for (const std::string& code : o.markets) {
    if (code.find('-') == std::string::npos) return "'" + code + "' is no market code like KRW-BTC";
  }
  if (!o.replay_from.empty() && !parse_iso(o.replay_from)) return "--replay-from is no ISO time";
  if (o.speed <= 0 || o.speed > 1000) return "--speed must be above 0 and at most 1000";
  if (o.history_days < 1 || o.history_days > 4000) return "--history-days must be 1 to 4000";
  if (o.trades_per_minute < 1 || o.trades_per_minute > 6000) {
    return "--trades-per-minute must be 1 to 6000";
  }
  if (o.matching_delay.size() != 2 || o.matching_delay[0] < 0 ||
      o.matching_delay[1] < o.matching_delay[0] || o.matching_delay[1] > 60'000) {
    return "--matching-delay takes two numbers of milliseconds, 0 <= LOW <= HIGH <= 60000";
  }
  const auto fee = Decimal::parse(o.fee);
  if (!fee || fee->is_negative() || *fee >= Decimal(1) || fee->decimals() > 8) {
    return "--fee must be a decimal in [0, 1) with at most 8 digits after the point";
  }
  for (const std::string* amount : {&o.krw, &o.level_value}) {
    const auto value = Decimal::parse(*amount);
    if (!value || value->is_negative()) return "'" + *amount + "' is no amount";
  }
  return {};
}

std::vector<std::string> split_codes(const std::string& text) {
  std::vector<std::string> codes;
  std::stringstream stream(text);
  for (std::string code; std::getline(stream, code, ',');) codes.push_back(code);
  return codes;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  std::string cert;
  std::string key;
  const auto description = describe(line.options, cert, key);
  try {
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(description).positional({}).run(),
              values);
    if (values.contains("help")) {
      std::ostringstream page;
      page << kHelpHead << description << '\n' << list_scenarios() << kHelpTail;
      return {{}, 0, page.str()};
    }
    po::notify(values);
    if (values.contains("markets")) {
      line.options.markets = split_codes(values["markets"].as<std::string>());
    }
  } catch (const po::error& problem) {
    return {{}, 2, "upbit-sim: " + std::string(problem.what()) + " (see --help)\n"};
  }
  if (const std::string problem = complaint(line.options, cert, key); !problem.empty()) {
    return {{}, 2, "upbit-sim: " + problem + " (see --help)\n"};
  }
  if (!cert.empty()) line.options.tls = TlsFiles{cert, key};
  if (line.options.markets.empty()) line.options.markets = default_markets();
  return line;
}

}  // namespace everbit::upbit_sim
