#include "cli/position_command.h"

#include <unistd.h>

#include <iostream>

#include "cli/market_list.h"
#include "cli/session.h"
#include "store/installation.h"
#include "store/migrations.h"
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

int run_show(const CommandLine& line, const std::string& market) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const Deadline deadline = command_deadline();
  if (auto good = store::check_schema(connect_settings(*settings), deadline); !good) {
    return fail(line, good.error());
  }
  const auto items =
      read_markets(*make_pool(*settings), to_string(settings->mode), market, deadline);
  if (!items) return fail(line, items.error());
  if (line.json()) {
    JsonWriter json;
    write_json(json, *items);
    std::cout << json.str() << '\n';
  } else {
    print_positions(std::cout, *items);
  }
  return kOk;
}

int run_set(const CommandLine& line, const Wish& wish) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const Deadline deadline = command_deadline();
  if (auto good = store::check_schema(connect_settings(*settings), deadline); !good) {
    return fail(line, good.error());
  }
  const auto pool = make_pool(*settings);
  const auto owner = store::ensure_owner(*pool, SystemClock(), deadline);
  if (!owner) return fail(line, owner.error());
  const unsigned uid = ::getuid();
  const auto mode = trading::parse_mode(to_string(settings->mode));
  const auto adjusted = trading::adjust_position(
      *pool, *owner, *mode,
      {wish.market, wish.quantity, wish.price, wish.reason, "cli:" + std::to_string(uid), uid},
      deadline);
  if (!adjusted) return fail(line, adjusted.error());
  const auto items = read_markets(*pool, to_string(settings->mode), wish.market, deadline);
  if (!items) return fail(line, items.error());
  if (line.json()) {
    JsonWriter json;
    write_json(json, *items);
    std::cout << json.str() << '\n';
  } else {
    print_positions(std::cout, *items);
  }
  return kOk;
}

}  // namespace

int position_show(Arguments arguments) {
  CommandLine line(kShowHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments, 1)) return *code;
  const std::string market = line.words().empty() ? "" : line.words()[0];
  if (!market.empty() && !is_market(market)) return line.refuse("MARKET must look like KRW-BTC");
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
  if (!is_market(wish.market)) return line.refuse("MARKET must look like KRW-BTC");
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
