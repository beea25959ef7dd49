#include <array>

#include "cli/backtest_command.h"
#include "cli/backtests_command.h"
#include "cli/candles_command.h"
#include "cli/close_command.h"
#include "cli/command.h"
#include "cli/completion_command.h"
#include "cli/config_check_command.h"
#include "cli/flatten_command.h"
#include "cli/kill_command.h"
#include "cli/markets_command.h"
#include "cli/migrate_command.h"
#include "cli/optimize_command.h"
#include "cli/order_acts_command.h"
#include "cli/orders_command.h"
#include "cli/parity_command.h"
#include "cli/plugin_command.h"
#include "cli/position_command.h"
#include "cli/reconcile_command.h"
#include "cli/restore_command.h"
#include "cli/status_command.h"
#include "cli/verify_command.h"
#include "cli/why_command.h"

namespace everbit::cli {
namespace {

constexpr std::array kCommands = {
    Command{"status", "지금 상태 한눈에 보기", "what goes on, at a glance", status},
    Command{"why", "그 캔들에서 왜 (안) 샀는지", "why a candle traded, or did not", why},
    Command{"orders", "최근 주문", "newest orders", orders},
    Command{"orders resolve", "알 수 없는 시도를 없음으로 처리",
            "settle an UNKNOWN attempt as absent", orders_resolve},
    Command{"orders cancel", "끝나지 않는 주문의 취소 요청", "ask for a stuck order's end",
            orders_cancel},
    Command{"kill", "거래 스위치 (on|exits|off|status)", "the kill switch", kill_switch},
    Command{"close", "한 마켓의 포지션 팔기", "sell one market's position", close_market},
    Command{"flatten", "모든 포지션 팔기", "sell every position", flatten},
    // Before the command whose name it begins with.
    Command{"markets unsuspend", "정지된 마켓 다시 거래", "let a suspended market trade again",
            markets_unsuspend},
    Command{"markets", "마켓과 거래 상태", "the markets and whether they trade", markets},
    Command{"position show", "포지션과 업비트 잔고", "positions beside the account", position_show},
    Command{"position set", "포지션을 실제 보유량으로 정정", "correct a position", position_set},
    Command{"reconcile", "업비트와 지금 대조", "compare with Upbit now", reconcile},
    Command{"migrate", "데이터베이스 준비와 갱신", "prepare or update the database", migrate},
    Command{"restore", "백업을 빈 데이터베이스에 되돌리기", "put a backup into an empty database",
            restore},
    Command{"config check", "설정 파일 검사", "check the settings file", config_check},
    Command{"plugin list", "허용·설치된 플러그인", "plugins that may be loaded", plugin_list},
    Command{"plugin info", "플러그인 파일 정보", "what a plugin file says of itself", plugin_info},
    Command{"backtest run", "CSV 캔들로 백테스트", "back-test on candles from CSV files",
            backtest_run},
    Command{"backtest list", "데몬의 백테스트 목록", "the daemon's back-tests", backtest_list},
    Command{"backtest show", "백테스트 하나 보기", "one back-test", backtest_show},
    Command{"backtest compare", "백테스트 지표 비교", "back-tests side by side", backtest_compare},
    Command{"backtest export", "백테스트를 JSON으로", "a back-test as JSON", backtest_export},
    Command{"backtest optimize", "전략 설정 찾기", "search a strategy's parameters",
            backtest_optimize},
    Command{"backtest lookahead", "전략이 미래를 보는지 검사",
            "whether a strategy looks ahead in a request", backtest_lookahead},
    Command{"verify", "전략 파일 검사와 인증서", "check a strategy file and certify it", verify},
    Command{"parity", "실거래 하루를 백테스트와 비교", "a live day beside its back-test", parity},
    Command{"candles fetch", "거래소에서 캔들 받기", "read candles from the exchange",
            candles_fetch},
    Command{"candles import", "CSV 캔들 넣기", "put candles from a CSV file into the cache",
            candles_import},
    Command{"candles export", "캔들을 CSV로 내보내기", "write stored candles as CSV",
            candles_export},
    Command{"candles verify", "저장된 캔들 검사", "look through the stored candles",
            candles_verify},
    Command{"completion", "셸 자동 완성", "complete commands in a shell", completion},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace everbit::cli
