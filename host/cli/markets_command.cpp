#include "cli/markets_command.h"

#include <unistd.h>

#include <iostream>

#include "api/market_list.h"
#include "cli/daemon.h"
#include "cli/market_table.h"
#include "cli/session.h"
#include "trading/reconcile/market_release.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

constexpr Help kListHelp{"markets", "[옵션 · options]",
                         "마켓과 거래 상태를 보여 줍니다. 정지 해제: everbit markets unsuspend\n"
                         "The markets and whether they trade; to release one: markets unsuspend."};

constexpr Help kUnsuspendHelp{
    "markets unsuspend", "MARKET [--reason TEXT] [옵션 · options]",
    "정지된 마켓의 거래를 다시 허용합니다. 감사 기록이 남습니다.\n"
    "Lets a suspended market trade again; audited.\n"
    "끝을 모르는 주문이 있거나 잔고가 포지션보다 적으면 거부됩니다.\n"
    "Refused while the end of an order is unknown, or the account has less than the position."};

std::string to_json(const std::vector<api::MarketItem>& items) {
  JsonWriter json;
  api::write_json(json, items);
  return json.take();
}

int print(const CommandLine& line, const Result<std::string>& answer) {
  if (!answer) return fail(line, answer.error());
  if (line.json()) {
    std::cout << *answer << '\n';
    return kOk;
  }
  const auto items = api::parse_markets(*answer);
  if (!items) return fail(line, unreadable_answer());
  print_markets(std::cout, *items);
  return kOk;
}

int list(const CommandLine& line) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  return print(line, daemon_or(*settings, {"GET", "markets"}, [&]() -> Result<std::string> {
                 const Deadline deadline = command_deadline();
                 const auto database = open_database(*settings, deadline);
                 if (!database) return database.error();
                 const auto items =
                     api::read_markets(*database->pool, to_string(settings->mode), "", deadline);
                 if (!items) return items.error();
                 return to_json(*items);
               }));
}

Result<std::string> release_here(const config::Settings& settings, const std::string& market,
                                 const std::string& reason) {
  const Deadline deadline = command_deadline();
  const auto database = open_database(settings, deadline);
  if (!database) return database.error();
  const unsigned uid = ::getuid();
  const auto released = trading::release_market(
      *database->pool, database->owner, *trading::parse_mode(to_string(settings.mode)),
      {market, reason, "cli:" + std::to_string(uid), uid}, deadline);
  if (!released) return released.error();
  const auto items = api::read_markets(*database->pool, to_string(settings.mode), market, deadline);
  if (!items) return items.error();
  JsonWriter json;
  api::write_json(json, items->at(0));
  return json.take();
}

int unsuspend(const CommandLine& line, const std::string& market, const std::string& reason) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  JsonWriter body;
  body.begin_object().field("reason", reason).end_object();
  return print(line, daemon_or(*settings, {"POST", "markets/" + market + "/unsuspend", body.take()},
                               [&] { return release_here(*settings, market, reason); }));
}

}  // namespace

int markets(Arguments arguments) {
  CommandLine line(kListHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments)) return *code;
  return list(line);
}

int markets_unsuspend(Arguments arguments) {
  CommandLine line(kUnsuspendHelp, CommandLine::Settings::kNeeded);
  line.add()("reason", po::value<std::string>()->default_value(""), "사유 · why (200)");
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1 || !api::is_market(line.words()[0])) {
    return line.refuse("MARKET is needed, like KRW-BTC");
  }
  const auto reason = line.values()["reason"].as<std::string>();
  if (reason.size() > 200) return line.refuse("--reason must have at most 200 bytes");
  return unsuspend(line, line.words()[0], reason);
}

}  // namespace everbit::cli
