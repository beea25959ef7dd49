#include "cli/markets_command.h"

#include <unistd.h>

#include <iostream>

#include "cli/market_list.h"
#include "cli/session.h"
#include "store/installation.h"
#include "store/migrations.h"
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

int show(const CommandLine& line, store::Pool& pool, const config::Settings& settings,
         const std::string& market) {
  const auto items = read_markets(pool, to_string(settings.mode), market, command_deadline());
  if (!items) return fail(line, items.error());
  if (line.json()) {
    JsonWriter json;
    write_json(json, *items);
    std::cout << json.str() << '\n';
  } else {
    print_markets(std::cout, *items);
  }
  return kOk;
}

Result<void> release(store::Pool& pool, const config::Settings& settings, const std::string& market,
                     const std::string& reason) {
  const Deadline deadline = command_deadline();
  const auto owner = store::ensure_owner(pool, SystemClock(), deadline);
  if (!owner) return owner.error();
  const unsigned uid = ::getuid();
  const auto released =
      trading::release_market(pool, *owner, *trading::parse_mode(to_string(settings.mode)),
                              {market, reason, "cli:" + std::to_string(uid), uid}, deadline);
  if (!released) return released.error();
  return {};
}

int run(const CommandLine& line, const std::string& market, const std::string* reason) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (auto good = store::check_schema(connect_settings(*settings), command_deadline()); !good) {
    return fail(line, good.error());
  }
  const auto pool = make_pool(*settings);
  if (reason != nullptr) {
    const auto done = release(*pool, *settings, market, *reason);
    if (!done) return fail(line, done.error());
  }
  return show(line, *pool, *settings, market);
}

}  // namespace

int markets(Arguments arguments) {
  CommandLine line(kListHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments)) return *code;
  return run(line, "", nullptr);
}

int markets_unsuspend(Arguments arguments) {
  CommandLine line(kUnsuspendHelp, CommandLine::Settings::kNeeded);
  line.add()("reason", po::value<std::string>()->default_value(""), "사유 · why (200)");
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1 || !is_market(line.words()[0])) {
    return line.refuse("MARKET is needed, like KRW-BTC");
  }
  const auto reason = line.values()["reason"].as<std::string>();
  if (reason.size() > 200) return line.refuse("--reason must have at most 200 bytes");
  return run(line, line.words()[0], &reason);
}

}  // namespace everbit::cli
