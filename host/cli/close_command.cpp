#include "cli/close_command.h"

#include <iostream>

#include "api/market_list.h"
#include "cli/daemon.h"
#include "cli/question.h"
#include "cli/session.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{
    "close", "MARKET [--yes] [옵션 · options]",
    "한 마켓의 포지션을 시장가로 모두 팝니다(EXIT_MANUAL). 이미 매도 중이면 그 매도를 알려 "
    "줍니다.\n"
    "Sells all of one market's position at market. While an exit is under way, that one is named.\n"
    "정지된 마켓에서도 됩니다. 단, 결과를 알 수 없는 주문이 있으면 거부됩니다.\n"
    "Works in a suspended market too, but not while the end of one of its orders is unknown.\n"
    "실행 중인 everbitd가 필요하며, 거래 스위치가 ON 또는 EXITS_ONLY여야 합니다.\n"
    "Needs a running everbitd, and the kill switch at ON or EXITS_ONLY.\n\n"
    "예 · Example: everbit close KRW-BTC --yes"};

// The daemon's own time for it is shorter.
constexpr std::chrono::seconds kPatience{15};

}  // namespace

int close_market(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  add_yes(line);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().empty() || !api::is_market(line.words()[0])) {
    return line.refuse("MARKET is needed, like KRW-BTC");
  }
  const std::string& market = line.words()[0];
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  if (!is_agreed(line, market + "의 포지션을 모두 팔까요? · Sell all of " + market + "?")) {
    return kFailed;
  }
  const auto answer =
      ask_daemon(*settings, {"POST", "positions/" + market + "/close"}, Deadline::after(kPatience));
  if (!answer) return fail(line, answer.error());
  if (line.json()) {
    std::cout << *answer << '\n';
  } else {
    const bool created = answer->find("\"created\":true") != std::string::npos;
    std::cout << market
              << (created ? "  매도를 시작했습니다 · the sale has begun\n"
                          : "  이미 매도 중입니다 · an exit is under way already\n");
  }
  return kOk;
}

}  // namespace everbit::cli
