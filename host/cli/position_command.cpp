#include "cli/position_command.h"

#include <unistd.h>

#include <iostream>

#include "api/market_list.h"
#include "cli/daemon.h"
#include "cli/market_table.h"
#include "cli/session.h"
#include "trading/portfolio/position_adjustment.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

constexpr Help kShowHelp{"position show", "[MARKET] [옵션 · options]",
                         "기록된 포지션과 업비트 잔고를 나란히 보여 줍니다.\n"
                         "What Everbit holds, beside what the account at Upbit said last."};

constexpr Help kSetHelp{
    "position set", "MARKET QUANTITY [--price KRW] [--reason TEXT] [옵션 · options]",
    "포지션을 실제 보유량으로 바로잡습니다. 체결로 기록되지 않으며 감사 기록이 남습니다.\n"
    "Corrects a position to what is really there: audited, and never a fill.\n"
    "--price는 사라지거나 늘어난 수량의 가격이며, 손익에 반영됩니다. 없으면 평균가입니다.\n"
    "--price is what the difference came or went for, and counts in the profit; by default the\n"
    "position's average. QUANTITY takes in what is left as dust.\n"
    "진행 중인 주문이 있으면 거부됩니다 · refused while an order of the market is on its way.\n\n"
    "예 · Example: everbit position set KRW-BTC 0 --price 95000000 --reason \"sold in the app\""};

struct Wish {
  std::string market;
  Decimal quantity;
  std::optional<Decimal> price;
  std::string reason;
};

int print(const CommandLine& line, const std::vector<api::MarketItem>& items) {
  if (line.json()) {
    JsonWriter json;
    api::write_json(json, items);
    std::cout << json.str() << '\n';
  } else {
    print_positions(std::cout, items);
  }
  return kOk;
}

int run_show(const CommandLine& line, const std::string& market) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto answer = daemon_or(*settings, {"GET", "markets"}, [&]() -> Result<std::string> {
    const Deadline deadline = command_deadline();
    const auto database = open_database(*settings, deadline);
    if (!database) return database.error();
    const auto items = api::read_markets(*database->pool, to_string(settings->mode), "", deadline);
    if (!items) return items.error();
    JsonWriter json;
    api::write_json(json, *items);
    return json.take();
  });
  if (!answer) return fail(line, answer.error());
  auto items = api::parse_markets(*answer);
  if (!items) return fail(line, unreadable_answer());
  if (!market.empty()) std::erase_if(*items, [&](const auto& i) { return i.market != market; });
  return print(line, *items);
}

std::string to_json(const Wish& wish) {
  JsonWriter json;
  json.begin_object()
      .field("quantity", wish.quantity)
      .field("price", wish.price)
      .field("reason", wish.reason)
      .end_object();
  return json.take();
}

Result<std::string> set_here(const config::Settings& settings, const Wish& wish) {
  const Deadline deadline = command_deadline();
  const auto database = open_database(settings, deadline);
  if (!database) return database.error();
  const unsigned uid = ::getuid();
  const auto adjusted = trading::adjust_position(
      *database->pool, database->owner, *trading::parse_mode(to_string(settings.mode)),
      {wish.market, wish.quantity, wish.price, wish.reason, "cli:" + std::to_string(uid), uid},
      deadline);
  if (!adjusted) return adjusted.error();
  const auto items =
      api::read_markets(*database->pool, to_string(settings.mode), wish.market, deadline);
  if (!items) return items.error();
  JsonWriter json;
  api::write_json(json, items->at(0));
  return json.take();
}

int run_set(const CommandLine& line, const Wish& wish) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto answer =
      daemon_or(*settings, {"POST", "positions/" + wish.market + "/adjust", to_json(wish)},
                [&] { return set_here(*settings, wish); });
  if (!answer) return fail(line, answer.error());
  const auto items = api::parse_markets(*answer);
  return items ? print(line, *items) : fail(line, unreadable_answer());
}

}  // namespace

int position_show(Arguments arguments) {
  CommandLine line(kShowHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments, 1)) return *code;
  const std::string market = line.words().empty() ? "" : line.words()[0];
  if (!market.empty() && !api::is_market(market))
    return line.refuse("MARKET must look like KRW-BTC");
  return run_show(line, market);
}

int position_set(Arguments arguments) {
  CommandLine line(kSetHelp, CommandLine::Settings::kNeeded);
  line.add()("price", po::value<std::string>(), "가격(원) · what the difference came or went for");
  line.add()("reason", po::value<std::string>()->default_value("position set"), "사유 · why (200)");
  if (const auto code = line.parse(arguments, 2)) return *code;
  if (line.words().size() != 2) return line.refuse("MARKET and QUANTITY are needed");
  Wish wish;
  wish.market = line.words()[0];
  if (!api::is_market(wish.market)) return line.refuse("MARKET must look like KRW-BTC");
  const auto quantity = Decimal::parse(line.words()[1], DecimalParse::kExact);
  if (!quantity || quantity->is_negative()) return line.refuse("QUANTITY must be 0 or more");
  wish.quantity = *quantity;
  if (line.has("price")) {
    const auto price =
        Decimal::parse(line.values()["price"].as<std::string>(), DecimalParse::kExact);
    if (!price || !price->is_positive()) return line.refuse("--price must be more than 0");
    wish.price = *price;
  }
  wish.reason = line.values()["reason"].as<std::string>();
  if (wish.reason.empty() || wish.reason.size() > 200) {
    return line.refuse("--reason must have 1 to 200 bytes");
  }
  return run_set(line, wish);
}

}  // namespace everbit::cli
