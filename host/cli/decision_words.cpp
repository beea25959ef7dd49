#include "cli/decision_words.h"

#include <array>
#include <span>

namespace everbit::cli {
namespace {

struct Entry {
  std::string_view code;
  Words words;
};

constexpr std::array kCodes = {
    // What the strategy decided.
    Entry{"NO_EXTREME", {"과매도가 아니어서 기다립니다", "not oversold: waits"}},
    Entry{"EXTREME_DETECTED_OS",
          {"과매도를 발견해 감시를 시작했습니다", "oversold: a watch for the flip begins"}},
    Entry{"FLIP_NOT_CONFIRMED",
          {"감시 중이지만 반전이 아직 확인되지 않았습니다",
           "watched, but the flip is not confirmed"}},
    Entry{"WATCH_RESTARTED",
          {"다시 과매도여서 감시를 새로 시작했습니다", "oversold again: the watch begins anew"}},
    Entry{"WATCH_EXPIRED", {"감시 시간이 지나 끝났습니다", "the watch has run out"}},
    Entry{"WATCH_REGIME_CHANGED",
          {"국면이 바뀌어 감시를 끝냈습니다", "the regime changed: the watch ends"}},
    Entry{"FLIP_CONFIRMED_BUY", {"반전이 확인되어 매수를 원합니다", "the flip is confirmed: buy"}},
    Entry{"REGIME_WARMUP",
          {"지표가 아직 준비되지 않아 매수하지 않습니다", "indicators in warm-up: no entries"}},
    Entry{"CHASE_BLOCKED",
          {"최근 최고가에 너무 가까워 매수하지 않습니다", "too near the recent high to buy"}},
    Entry{
        "REGIME_BLOCKED_DOWN_TREND",
        {"하락장의 추가 조건이 갖추어지지 않았습니다", "a downtrend asks for more than there is"}},
    Entry{"MACRO_EXTREME_MISSING",
          {"상위 봉이 극단이 아닙니다", "the longer timeframes are not at an extreme"}},
    Entry{"DIVERGENCE_MISSING", {"상승 다이버전스가 없습니다", "no bullish divergence"}},
    Entry{"CAPITULATION_MISSING", {"투매 거래량이 없습니다", "no capitulation volume"}},
    Entry{"LIQUIDITY_BLOCKED", {"24시간 거래대금이 부족합니다", "too little traded in 24 hours"}},
    Entry{"COOLDOWN_BLOCKED", {"지난 매도 뒤 쉬는 시간입니다", "cooling down after the last exit"}},
    Entry{"HOLD", {"보유를 유지합니다: 매도 조건이 없습니다", "holds: no exit applies"}},
    Entry{"SELL_WATCH_ARMED",
          {"과매수여서 매도 반전을 감시합니다", "overbought: watched for the flip that sells"}},
    Entry{"FLIP_CONFIRMED_SELL_BIAS",
          {"매도 반전이 확인되어 모두 팝니다", "the flip down is confirmed: sell all"}},
    Entry{"RISK_STOPLOSS_TRIGGERED", {"손절 가격에 닿았습니다", "the stop is reached"}},
    Entry{"RISK_TAKEPROFIT_TRIGGERED",
          {"1차 익절 목표에 닿았습니다", "the first target is reached"}},
    Entry{"RISK_TRAILING_TRIGGERED", {"추적 손절에 닿았습니다", "the trail is reached"}},
    Entry{"TIME_EXIT_DOWN_TREND",
          {"하락장 보유 시간이 지났습니다", "held too long in a downtrend"}},
    Entry{"INTENT_PENDING",
          {"주문이 진행 중이어서 새로 정하지 않습니다", "an order is open: nothing is decided"}},
    Entry{"CANDLE_UNVERIFIED",
          {"거래소 확인 없이 실시간 캔들로 판단했습니다(매수 거부)",
           "decided on the stream's candle, unconfirmed: no entries"}},
    // Why the host refused.
    Entry{"KEY_MISSING", {"업비트 키가 없습니다", "there is no Upbit key"}},
    Entry{"KEY_NOT_VERIFIED", {"업비트 키가 확인되지 않았습니다", "the Upbit key is not verified"}},
    Entry{"UPBIT_BLOCKED_418", {"업비트가 요청을 차단했습니다", "Upbit blocks our requests"}},
    Entry{"INTENT_OPEN",
          {"이 마켓에 진행 중인 주문이 있습니다", "an order of this market is open"}},
    Entry{"STRATEGY_UNHEALTHY", {"전략이 실행될 수 없습니다", "the strategy cannot run"}},
    Entry{"STRATEGY_OFF", {"전략 스위치가 꺼져 있습니다", "the strategy's switch is off"}},
    Entry{"KILL_SWITCH_OFF", {"거래 스위치가 OFF입니다", "the kill switch is OFF"}},
    Entry{"KILL_SWITCH_EXITS_ONLY",
          {"거래 스위치가 매도만 허용합니다", "the kill switch allows exits only"}},
    Entry{"MARKET_SUSPENDED", {"마켓이 정지되어 있습니다", "the market is suspended"}},
    Entry{"MARKET_HAS_UNKNOWN", {"끝을 모르는 주문이 있습니다", "the end of an order is unknown"}},
    Entry{"MARKET_DISABLED", {"마켓이 꺼져 있습니다", "the market is disabled"}},
    Entry{"STALE_SIGNAL",
          {"판단이 늦어 매수하지 않았습니다", "decided too late after the close to buy"}},
    Entry{"POSITION_OPEN", {"이미 보유 중입니다", "a position is open already"}},
    Entry{"NO_POSITION", {"팔 것이 없습니다", "there is nothing to sell"}},
    Entry{"DAILY_LOSS", {"하루 손실 한도에 닿았습니다", "the day's loss limit is reached"}},
    Entry{"MAX_OPEN_MARKETS",
          {"동시 보유 마켓 수가 다 찼습니다", "as many markets as allowed are open"}},
    Entry{"ORDER_RATE", {"한 시간 매수 횟수를 넘었습니다", "too many entries in the hour"}},
    Entry{"EXPOSURE_LIMIT", {"투자 한도를 넘습니다", "beyond the exposure limit"}},
    Entry{"AMOUNT_BLOCKED",
          {"잔액이 최소 주문 금액보다 적습니다", "the cash is less than the least order"}},
    Entry{"DUST", {"팔기에 너무 적은 양입니다", "too small to be sold"}},
    Entry{"GUARDIAN_STOP",
          {"전략 대신 감시자가 손절했습니다", "the guardian applied the stop instead"}},
    // Regimes and states.
    Entry{"UP_TREND", {"상승장", "uptrend"}},
    Entry{"DOWN_TREND", {"하락장", "downtrend"}},
    Entry{"RANGE", {"횡보장", "range"}},
    Entry{"TRANSITION", {"전환기", "transition"}},
    Entry{"WARMUP", {"준비 중", "warm-up"}},
    Entry{"IDLE", {"대기", "idle"}},
    Entry{"EXTREME_WATCH", {"과매도 감시", "watching for the flip"}},
    Entry{"PENDING", {"주문 진행", "an order is open"}},
    Entry{"IN_POSITION", {"보유", "in position"}},
    Entry{"COOLDOWN", {"휴식", "cooldown"}},
};

constexpr std::array kChecks = {
    Entry{"REGIME_KNOWN", {"국면 지표 준비", "the regime is known"}},
    Entry{"COOLDOWN_OVER", {"휴식 끝", "the cooldown is over"}},
    Entry{"OS_PCT_B", {"과매도 %B", "oversold %B"}},
    Entry{"OS_RSI", {"과매도 RSI", "oversold RSI"}},
    Entry{"OS_DEV", {"과매도 이격", "oversold deviation"}},
    Entry{"FLIP_PREV_HIGH", {"종가와 전 봉 고가", "close against the previous high"}},
    Entry{"FLIP_RSI", {"반전 RSI", "RSI of the flip"}},
    Entry{"FLIP_EMA", {"종가와 EMA", "close against the EMA"}},
    Entry{"FLIP_DEV_RISE", {"이격 상승폭", "rise of the deviation"}},
    Entry{"FLIP", {"반전 확인", "the flip as a whole"}},
    Entry{"CHASE", {"최고가 대비 종가", "close against the recent high"}},
    Entry{"MACRO_RSI", {"매크로 봉 RSI", "macro RSI"}},
    Entry{"MACRO_DEV", {"매크로 봉 이격", "macro deviation"}},
    Entry{"LONG_RSI", {"장기 봉 RSI (또는 이격)", "long RSI (or the deviation)"}},
    Entry{"LONG_DEV", {"장기 봉 이격 (또는 RSI)", "long deviation (or the RSI)"}},
    Entry{"DIVERGENCE", {"상승 다이버전스", "bullish divergence"}},
    Entry{"CAPITULATION", {"투매 거래량", "capitulation volume"}},
    Entry{"LIQUIDITY", {"24시간 거래대금", "traded value of 24 hours"}},
    Entry{"SLOTS", {"보유 마켓 수", "open markets"}},
    Entry{"ENTRIES_LEFT", {"남은 매수 횟수", "entries left in the hour"}},
    Entry{"EXPOSURE_LEFT", {"남은 투자 한도", "exposure that is left"}},
    Entry{"CASH", {"쓸 수 있는 금액", "what the cash can pay"}},
    Entry{"STOP", {"손절 가격", "stop"}},
    Entry{"TIME", {"보유 봉 수", "candles held"}},
    Entry{"TRAIL", {"추적 손절 가격", "trail"}},
    Entry{"TRAIL_START", {"추적 시작 가격", "start of the trail"}},
    Entry{"OB_PCT_B", {"과매수 %B", "overbought %B"}},
    Entry{"OB_RSI", {"과매수 RSI", "overbought RSI"}},
    Entry{"OB_DEV", {"과매수 이격", "overbought deviation"}},
    Entry{"SELL_WATCH_AGE", {"매도 감시 경과 봉", "candles since overbought"}},
    Entry{"SELL_FLIP", {"매도 반전", "the flip down"}},
    Entry{"ABOVE_ENTRY", {"종가와 매수가", "close against the entry"}},
    Entry{"TARGET", {"1차 익절 목표", "first target"}},
};

Words find(std::span<const Entry> entries, std::string_view code) {
  for (const Entry& entry : entries) {
    if (entry.code == code) return entry.words;
  }
  return {code, code};
}

}  // namespace

Words words_of_code(std::string_view code) { return find(kCodes, code); }

Words words_of_check(std::string_view name) { return find(kChecks, name); }

}  // namespace everbit::cli
