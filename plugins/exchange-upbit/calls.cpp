#include "exchange-upbit/calls.h"

#include <algorithm>
#include <array>

#include "everbit/ext/exchange.h"
#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

constexpr std::array kMarketsParts{
    Part{"is_details", Kind::kMarket, Presence::kFixed, 0, "true"},
};
constexpr std::array kCandlesParts{
    Part{"timeframe_s", Kind::kTimeframe, Presence::kPath},
    Part{"market", Kind::kMarket, Presence::kRequired},
    Part{"to", Kind::kTime},
    Part{"count", Kind::kWhole, Presence::kOptional, 200},
};
constexpr std::array kListOfMarkets{Part{"markets", Kind::kMarkets, Presence::kRequired}};
constexpr std::array kOneMarket{Part{"market", Kind::kMarket, Presence::kRequired}};
// The order of reference §4.4.
constexpr std::array kOrderParts{
    Part{"market", Kind::kMarket, Presence::kRequired},
    Part{"side", Kind::kSide, Presence::kRequired},
    Part{"ord_type", Kind::kOrderType, Presence::kRequired},
    Part{"volume", Kind::kDecimal},
    Part{"price", Kind::kDecimal},
    Part{"time_in_force", Kind::kTimeInForce},
    Part{"smp_type", Kind::kSelfMatch},
    Part{"identifier", Kind::kIdentifier},
};
constexpr std::array kOneOrder{
    Part{"uuid", Kind::kUuid, Presence::kOneOf},
    Part{"identifier", Kind::kIdentifier, Presence::kOneOf},
};
// Stop orders wait too, and lock money: both states are asked for.
constexpr std::array kOpenParts{
    Part{"market", Kind::kMarket},
    Part{"states[]", Kind::kMarket, Presence::kFixed, 0, "wait"},
    Part{"states[]", Kind::kMarket, Presence::kFixed, 0, "watch"},
    Part{"page", Kind::kWhole, Presence::kOptional, 1'000'000},
    Part{"limit", Kind::kWhole, Presence::kOptional, 100},
};
// A market buy that filled ends as cancel: asking for done alone would miss it.
constexpr std::array kClosedParts{
    Part{"market", Kind::kMarket},
    Part{"states[]", Kind::kMarket, Presence::kFixed, 0, "done"},
    Part{"states[]", Kind::kMarket, Presence::kFixed, 0, "cancel"},
    Part{"start_time", Kind::kTime},
    Part{"end_time", Kind::kTime},
    Part{"limit", Kind::kWhole, Presence::kOptional, 1000},
};

constexpr std::span<const Part> kNothing{};
constexpr std::int32_t kQuotation = EB_SCOPE_QUOTATION;
constexpr std::int32_t kExchange = EB_SCOPE_EXCHANGE;
constexpr std::int32_t kRead = EB_EFFECT_READ;

constexpr std::array kCalls{
    Call{EB_OP_MARKETS, "GET", "/v1/market/all", kMarketsParts, "market", kQuotation, kRead, false},
    Call{EB_OP_CANDLES, "GET", "/v1/candles/", kCandlesParts, "candle", kQuotation, kRead, false},
    Call{EB_OP_TICKER, "GET", "/v1/ticker", kListOfMarkets, "ticker", kQuotation, kRead, false},
    Call{EB_OP_INSTRUMENTS, "GET", "/v1/orderbook/instruments", kListOfMarkets, "orderbook",
         kQuotation, kRead, false},
    Call{EB_OP_ORDER_BOOK, "GET", "/v1/orderbook", kListOfMarkets, "orderbook", kQuotation, kRead,
         false},
    Call{EB_OP_ACCOUNTS, "GET", "/v1/accounts", kNothing, "default", kExchange, kRead, false},
    Call{EB_OP_CHANCE, "GET", "/v1/orders/chance", kOneMarket, "default", kExchange, kRead, false},
    Call{EB_OP_ORDER_CREATE, "POST", "/v1/orders", kOrderParts, "order", kExchange,
         EB_EFFECT_CREATE, true},
    Call{EB_OP_ORDER_TEST, "POST", "/v1/orders/test", kOrderParts, "order-test", kExchange, kRead,
         true},
    Call{EB_OP_ORDER_GET, "GET", "/v1/order", kOneOrder, "default", kExchange, kRead, false},
    Call{EB_OP_ORDERS_OPEN, "GET", "/v1/orders/open", kOpenParts, "default", kExchange, kRead,
         false},
    Call{EB_OP_ORDERS_CLOSED, "GET", "/v1/orders/closed", kClosedParts, "default", kExchange, kRead,
         false},
    Call{EB_OP_ORDER_CANCEL, "DELETE", "/v1/order", kOneOrder, "default", kExchange,
         EB_EFFECT_CANCEL, false},
    Call{EB_OP_API_KEYS, "GET", "/v1/api_keys", kNothing, "default", kExchange, kRead, false},
    // An empty object: nothing can move, only the permission is asked for.
    Call{EB_OP_WITHDRAW_PROBE, "POST", "/v1/withdraws/coin", kNothing, "default", kExchange, kRead,
         true},
};

static_assert(kOrderParts.size() <= kMaxParts && kClosedParts.size() <= kMaxParts);

struct Timeframe {
  std::int32_t seconds;
  std::string_view path;
  std::string_view stream;
};

constexpr std::array kTimeframes{
    Timeframe{1, "seconds", "candle.1s"},
    Timeframe{60, "minutes/1", "candle.1m"},
    Timeframe{180, "minutes/3", "candle.3m"},
    Timeframe{300, "minutes/5", "candle.5m"},
    Timeframe{600, "minutes/10", "candle.10m"},
    Timeframe{900, "minutes/15", "candle.15m"},
    Timeframe{1800, "minutes/30", "candle.30m"},
    Timeframe{3600, "minutes/60", "candle.60m"},
    Timeframe{14400, "minutes/240", "candle.240m"},
    Timeframe{86400, "days", ""},
    Timeframe{604800, "weeks", ""},
};

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool only(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

bool is_list_of_markets(std::string_view text) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!is_market(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool is_amount(std::string_view text) {
  if (text.size() > 40 || text.find_first_not_of("0.") == std::string_view::npos) return false;
  const std::size_t point = text.find('.');
  if (!only(text.substr(0, point), kDigits)) return false;
  return point == std::string_view::npos || only(text.substr(point + 1), kDigits);
}

bool is_id(std::string_view text) {
  return text.size() <= 64 && is_plain(text) && text.find_first_of("&=") == std::string_view::npos;
}

}  // namespace

const Call* find_call(std::int32_t op) {
  const auto* const found =
      std::find_if(kCalls.begin(), kCalls.end(), [op](const Call& call) { return call.op == op; });
  return found == kCalls.end() ? nullptr : found;
}

bool is_market(std::string_view text) {
  const std::size_t dash = text.find('-');
  return text.size() <= 32 && dash != std::string_view::npos &&
         only(text.substr(0, dash), kUpper) && only(text.substr(dash + 1), kUpper);
}

bool is_valid(const Part& part, std::string_view value) {
  std::int64_t number = 0;
  switch (part.kind) {
    case Kind::kMarket:
      return is_market(value);
    case Kind::kMarkets:
      return is_list_of_markets(value);
    case Kind::kUuid:
    case Kind::kIdentifier:
      return is_id(value);
    case Kind::kTime:
      return value.size() <= 40 && only(value, "0123456789TZ:+-. ");
    case Kind::kWhole:
      return parse_whole(value, part.max, number) && number > 0;
    case Kind::kTimeframe:
      return parse_whole(value, 604800, number) && !candle_path(number).empty();
    case Kind::kDecimal:
      return is_amount(value);
    case Kind::kSide:
      return is_one_of(value, {"bid", "ask"});
    case Kind::kOrderType:
      return is_one_of(value, {"limit", "price", "market", "best"});
    case Kind::kTimeInForce:
      return is_one_of(value, {"ioc", "fok", "post_only"});
    case Kind::kSelfMatch:
      return is_one_of(value, {"reduce", "cancel_maker", "cancel_taker", "none"});
  }
  return false;
}

std::string_view candle_path(std::int64_t timeframe_s) {
  for (const Timeframe& frame : kTimeframes) {
    if (frame.seconds == timeframe_s) return frame.path;
  }
  return {};
}

std::string_view candle_stream(std::int64_t timeframe_s) {
  for (const Timeframe& frame : kTimeframes) {
    if (frame.seconds == timeframe_s) return frame.stream;
  }
  return {};
}

std::int32_t stream_timeframe(std::string_view stream) {
  for (const Timeframe& frame : kTimeframes) {
    if (!stream.empty() && frame.stream == stream) return frame.seconds;
  }
  return 0;
}

}  // namespace everbit::exchange_upbit
