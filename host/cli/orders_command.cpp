#include "cli/orders_command.h"

#include <iostream>

#include "api/market_list.h"
#include "api/order_list.h"
#include "cli/daemon.h"
#include "cli/order_table.h"
#include "cli/session.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

constexpr Help kHelp{"orders", "[--limit N] [--market M] [--mode REAL|PAPER] [옵션 · options]",
                     "최근 주문 의도와 마지막 시도를 최신순으로 보여 줍니다.\n"
                     "The newest order intents, each with its latest attempt."};

}  // namespace

int orders(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("limit", po::value<int>()->default_value(20), "개수 · how many (1-100)");
  line.add()("market", po::value<std::string>()->default_value(""),
             "KRW-BTC 한 마켓만 · one market");
  line.add()("mode", po::value<std::string>()->default_value(""),
             "REAL | PAPER, 기본은 설정 · by default the settings' mode");
  if (const auto code = line.parse(arguments)) return *code;
  const int limit = line.values()["limit"].as<int>();
  if (limit < 1 || limit > 100) return line.refuse("--limit must be 1 to 100");
  const auto& market = line.values()["market"].as<std::string>();
  if (!market.empty() && !api::is_market(market)) {
    return line.refuse("--market must look like KRW-BTC");
  }
  std::string mode = line.values()["mode"].as<std::string>();
  if (!mode.empty() && mode != "REAL" && mode != "PAPER") {
    return line.refuse("--mode must be REAL or PAPER");
  }
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (mode.empty()) mode = to_string(settings->mode);
  const auto read_here = [&]() -> Result<std::string> {
    const Deadline deadline = command_deadline();
    const auto database = open_database(*settings, deadline);
    if (!database) return database.error();
    const auto page =
        api::read_orders(*database->pool, {mode, market, std::nullopt, limit}, deadline);
    if (!page) return page.error();
    return to_json(*page);
  };
  const std::string path = "orders?limit=" + std::to_string(limit) + "&mode=" + mode +
                           (market.empty() ? "" : "&market=" + market);
  const auto answer = daemon_or(*settings, {"GET", path}, read_here);
  if (!answer) return fail(line, answer.error());
  if (line.json()) {
    std::cout << *answer << '\n';
    return kOk;
  }
  const auto page = api::parse_orders(*answer);
  if (!page) return fail(line, unreadable_answer());
  print(std::cout, page->items);
  return kOk;
}

}  // namespace everbit::cli
