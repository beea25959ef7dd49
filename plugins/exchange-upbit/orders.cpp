#include "exchange-upbit/orders.h"

#include <array>

#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

struct Name {
  std::string_view text;
  std::int32_t number;
};

constexpr std::array kRestSides{Name{"bid", EB_SIDE_BUY}, Name{"ask", EB_SIDE_SELL}};
constexpr std::array kWsSides{Name{"BID", EB_SIDE_BUY}, Name{"ASK", EB_SIDE_SELL}};
constexpr std::array kTypes{Name{"limit", EB_ORDER_TYPE_LIMIT}, Name{"price", EB_ORDER_TYPE_PRICE},
                            Name{"market", EB_ORDER_TYPE_MARKET}, Name{"best", EB_ORDER_TYPE_BEST}};
constexpr std::array kTimesInForce{Name{"ioc", EB_TIF_IOC}, Name{"fok", EB_TIF_FOK},
                                   Name{"post_only", EB_TIF_POST_ONLY}};
constexpr std::array kStates{
    Name{"wait", EB_ORDER_WAIT},     Name{"watch", EB_ORDER_WATCH},
    Name{"trade", EB_ORDER_TRADE},   Name{"done", EB_ORDER_DONE},
    Name{"cancel", EB_ORDER_CANCEL}, Name{"prevented", EB_ORDER_PREVENTED}};

// An absent token leaves `out` as it is; a word that the list does not know is `other`, or an error
// if other is negative.
template <std::size_t N>
bool read_name(const Token& token, const std::array<Name, N>& names, std::int32_t other,
               std::int32_t& out) {
  std::string_view text;
  if (token.absent()) return true;
  if (!word(token, text)) return false;
  out = other;
  for (const Name& name : names) {
    if (name.text == text) out = name.number;
  }
  return out >= 0;
}

bool read_id(const Token& token, eb_str& out) {
  std::string_view text;
  if (!word(token, text)) return false;
  out = borrow(text);
  return true;
}

bool read_optional_id(const Token& token, eb_str& out) {
  return token.absent() || read_id(token, out);
}

// Exact if `flag` names a quantity that was ordered or matched.
bool read_told(const Token& token, const Values& values, std::uint32_t flag, eb_order& order,
               eb_dec& out) {
  if (token.absent()) return true;
  if (!values.exact(token, out)) return false;
  order.flags |= flag;
  return true;
}

bool read_derived(const Token& token, const Values& values, eb_dec& out) {
  return token.absent() || values.down(token, out);
}

bool read_count(const Token& token, std::int64_t& out) {
  return token.absent() || (integer(token, out) && out >= 0);
}

enum RestField : std::size_t {
  kMarket,
  kUuid,
  kSide,
  kType,
  kPrice,
  kState,
  kCreatedAt,
  kVolume,
  kRemaining,
  kExecuted,
  kReservedFee,
  kRemainingFee,
  kPaidFee,
  kLocked,
  kTradesCount,
  kTimeInForce,
  kIdentifier,
  kTrades,
  kRestFields
};

constexpr std::array<FieldSpec, kRestFields> kRestSpecs{{
    {"market"},
    {"uuid"},
    {"side"},
    {"ord_type"},
    {"price"},
    {"state"},
    {"created_at"},
    {"volume"},
    {"remaining_volume"},
    {"executed_volume"},
    {"reserved_fee"},
    {"remaining_fee"},
    {"paid_fee"},
    {"locked"},
    {"trades_count"},
    {"time_in_force"},
    {"identifier"},
    {"trades", {}, FieldKind::kNested},
}};

enum TradeField : std::size_t {
  kTradeMarket,
  kTradeUuid,
  kTradePrice,
  kTradeVolume,
  kTradeFunds,
  kTradeTime,
  kTradeSide,
  kTradeFields
};

constexpr std::array<FieldSpec, kTradeFields> kTradeSpecs{{
    {"market"},
    {"uuid"},
    {"price"},
    {"volume"},
    {"funds"},
    {"created_at"},
    {"side"},
}};

bool read_rest_trade(json::object& object, const Values& values, Collected& out) {
  std::array<Token, kTradeFields> t{};
  if (!read_fields(object, kTradeSpecs, t)) return false;
  auto fill = make<eb_fill>();
  return market_code(t[kTradeMarket], fill.market) && read_id(t[kTradeUuid], fill.trade_uuid) &&
         values.positive(t[kTradePrice], fill.price) &&
         values.positive(t[kTradeVolume], fill.volume) &&
         values.exact(t[kTradeFunds], fill.funds) && zoned_time(t[kTradeTime], fill.trade_time) &&
         read_name(t[kTradeSide], kRestSides, -1, fill.side) && fill.side != 0 &&
         add(out.fills, fill);
}

enum WsField : std::size_t {
  kWsCode,
  kWsUuid,
  kWsSide,
  kWsType,
  kWsState,
  kWsTradeUuid,
  kWsPrice,
  kWsVolume,
  kWsRemaining,
  kWsExecuted,
  kWsTradesCount,
  kWsReservedFee,
  kWsRemainingFee,
  kWsPaidFee,
  kWsLocked,
  kWsFunds,
  kWsTimeInForce,
  kWsTradeFee,
  kWsIsMaker,
  kWsIdentifier,
  kWsTradeTime,
  kWsOrderTime,
  kWsTime,
  kWsFields
};

// avg_price is not read: for a bid it seems to hold the fee.
constexpr std::array<FieldSpec, kWsFields> kWsSpecs{{
    {"code", "cd"},
    {"uuid", "uid"},
    {"ask_bid", "ab"},
    {"order_type", "ot"},
    {"state", "s"},
    {"trade_uuid", "tuid"},
    {"price", "p"},
    {"volume", "v"},
    {"remaining_volume", "rv"},
    {"executed_volume", "ev"},
    {"trades_count", "tc"},
    {"reserved_fee", "rsf"},
    {"remaining_fee", "rmf"},
    {"paid_fee", "pf"},
    {"locked", "l"},
    {"executed_funds", "ef"},
    {"time_in_force", "tif"},
    {"trade_fee", "tf"},
    {"is_maker", "im"},
    {"identifier", "id"},
    {"trade_timestamp", "ttms"},
    {"order_timestamp", "otms"},
    {"timestamp", "tms"},
}};

bool read_ws_fill(const std::array<Token, kWsFields>& t, const Values& values,
                  const eb_order& order, Collected& out) {
  auto fill = make<eb_fill>();
  fill.order_uuid = order.uuid;
  fill.identifier = order.identifier;
  fill.market = order.market;
  fill.side = order.side;
  if (!read_id(t[kWsTradeUuid], fill.trade_uuid) || !values.positive(t[kWsPrice], fill.price) ||
      !values.positive(t[kWsVolume], fill.volume) || !epoch_ms(t[kWsTradeTime], fill.trade_time) ||
      values.decimal().mul(fill.price, fill.volume, EB_ROUND_DOWN, &fill.funds) != EB_OK) {
    return false;
  }
  if (!t[kWsTradeFee].absent()) {
    if (!values.down(t[kWsTradeFee], fill.fee)) return false;
    fill.flags |= EB_FILL_HAS_FEE;
  }
  bool maker = false;
  if (!t[kWsIsMaker].absent()) {
    if (!boolean(t[kWsIsMaker], maker)) return false;
    fill.flags |= EB_FILL_HAS_MAKER | (maker ? EB_FILL_IS_MAKER : 0U);
  }
  return add(out.fills, fill);
}

// The average without fees, reckoned from what was spent and got.
void set_average(const Values& values, eb_order& order) {
  constexpr std::uint32_t kNeeded = EB_ORDER_HAS_FUNDS | EB_ORDER_HAS_EXECUTED;
  if ((order.flags & kNeeded) != kNeeded || eb_dec_sign(order.executed_volume) <= 0) return;
  if (values.decimal().div(order.executed_funds, order.executed_volume, EB_ROUND_HALF_EVEN,
                           &order.avg_price) == EB_OK) {
    order.flags |= EB_ORDER_HAS_AVG_PRICE;
  }
}

bool read_fees(const Token& reserved, const Token& remaining, const Token& paid,
               const Token& locked, const Values& values, eb_order& order) {
  if (!read_derived(reserved, values, order.reserved_fee) ||
      !read_derived(remaining, values, order.remaining_fee) ||
      !read_derived(paid, values, order.paid_fee) || !read_derived(locked, values, order.locked)) {
    return false;
  }
  if (!paid.absent()) order.flags |= EB_ORDER_HAS_PAID_FEE;
  return true;
}

}  // namespace

bool read_rest_order(json::object& object, const Values& values, Collected& out) {
  const std::size_t first_fill = out.fills.size();
  std::array<Token, kRestFields> t{};
  const auto read_trades = [&](std::size_t, json::value& value) {
    return read_objects(value,
                        [&](json::object& trade) { return read_rest_trade(trade, values, out); });
  };
  if (!read_fields(object, kRestSpecs, t, read_trades)) return false;

  auto order = make<eb_order>();
  if (!market_code(t[kMarket], order.market) || !read_id(t[kUuid], order.uuid) ||
      !read_optional_id(t[kIdentifier], order.identifier) ||
      !read_name(t[kSide], kRestSides, -1, order.side) || order.side == 0 || t[kType].absent() ||
      !read_name(t[kType], kTypes, EB_ORDER_TYPE_OTHER, order.order_type) ||
      !read_name(t[kState], kStates, -1, order.state) || order.state == 0 ||
      !read_name(t[kTimeInForce], kTimesInForce, EB_TIF_OTHER, order.time_in_force) ||
      !read_count(t[kTradesCount], order.trades_count) ||
      (!t[kCreatedAt].absent() && !zoned_time(t[kCreatedAt], order.created_at))) {
    return false;
  }
  order.ts = order.created_at;
  if (!read_told(t[kPrice], values, EB_ORDER_HAS_PRICE, order, order.price) ||
      !read_told(t[kVolume], values, EB_ORDER_HAS_VOLUME, order, order.volume) ||
      !read_told(t[kRemaining], values, EB_ORDER_HAS_REMAINING, order, order.remaining_volume) ||
      !read_told(t[kExecuted], values, EB_ORDER_HAS_EXECUTED, order, order.executed_volume) ||
      !read_fees(t[kReservedFee], t[kRemainingFee], t[kPaidFee], t[kLocked], values, order)) {
    return false;
  }
  for (std::size_t i = first_fill; i < out.fills.size(); ++i) {
    out.fills[i].order_uuid = order.uuid;
    out.fills[i].identifier = order.identifier;
  }
  return add(out.orders, order);
}

bool read_ws_order(json::object& object, const Values& values, Collected& out) {
  std::array<Token, kWsFields> t{};
  if (!read_fields(object, kWsSpecs, t)) return false;

  auto order = make<eb_order>();
  if (!market_code(t[kWsCode], order.market) || !read_id(t[kWsUuid], order.uuid) ||
      !read_optional_id(t[kWsIdentifier], order.identifier) ||
      !read_name(t[kWsSide], kWsSides, -1, order.side) || order.side == 0 || t[kWsType].absent() ||
      !read_name(t[kWsType], kTypes, EB_ORDER_TYPE_OTHER, order.order_type) ||
      !read_name(t[kWsState], kStates, -1, order.state) || order.state == 0 ||
      !read_name(t[kWsTimeInForce], kTimesInForce, EB_TIF_OTHER, order.time_in_force) ||
      !read_count(t[kWsTradesCount], order.trades_count) || !epoch_ms(t[kWsTime], order.ts) ||
      (!t[kWsOrderTime].absent() && !epoch_ms(t[kWsOrderTime], order.created_at))) {
    return false;
  }
  const bool is_fill = order.state == EB_ORDER_TRADE;
  if (!is_fill && (!read_told(t[kWsPrice], values, EB_ORDER_HAS_PRICE, order, order.price) ||
                   !read_told(t[kWsVolume], values, EB_ORDER_HAS_VOLUME, order, order.volume))) {
    return false;
  }
  if (!read_told(t[kWsRemaining], values, EB_ORDER_HAS_REMAINING, order, order.remaining_volume) ||
      !read_told(t[kWsExecuted], values, EB_ORDER_HAS_EXECUTED, order, order.executed_volume) ||
      !read_told(t[kWsFunds], values, EB_ORDER_HAS_FUNDS, order, order.executed_funds) ||
      !read_fees(t[kWsReservedFee], t[kWsRemainingFee], t[kWsPaidFee], t[kWsLocked], values,
                 order)) {
    return false;
  }
  set_average(values, order);
  if (is_fill && !read_ws_fill(t, values, order, out)) return false;
  return add(out.orders, order);
}

}  // namespace everbit::exchange_upbit
