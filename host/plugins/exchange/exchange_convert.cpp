#include "plugins/exchange/exchange_convert.h"

#include <initializer_list>

namespace everbit::plugins {
namespace {

bool known(std::int32_t number, std::int32_t first, std::int32_t last) {
  return number >= first && number <= last;
}

struct Number {
  eb_dec from;
  Decimal* to;
};

bool read_all(std::initializer_list<Number> numbers) {
  for (const Number& number : numbers) {
    const auto value = from_abi(number.from);
    if (!value) return false;
    *number.to = *value;
  }
  return true;
}

// False if the flag says that the number was told, and it is unusable.
bool read_told(bool told, eb_dec from, std::optional<Decimal>& to) {
  if (told) to = from_abi(from);
  return !told || to.has_value();
}

Timestamp time_of(eb_ts ts) { return Timestamp::from_ns(ts); }

}  // namespace

eb_str borrow(std::string_view text) { return {text.data(), text.size()}; }

eb_bytes borrow_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string copy(eb_str text) {
  return text.len == 0 ? std::string() : std::string(text.ptr, text.len);
}

std::vector<eb_field> borrow_fields(std::span<const Field> fields) {
  std::vector<eb_field> borrowed;
  borrowed.reserve(fields.size());
  for (const Field& field : fields) borrowed.push_back({borrow(field.name), borrow(field.value)});
  return borrowed;
}

std::vector<Field> copy_fields(const eb_field* fields, std::uint32_t n) {
  std::vector<Field> copied;
  copied.reserve(n);
  for (const eb_field& field : std::span(fields, n)) {
    copied.push_back({copy(field.key), copy(field.value)});
  }
  return copied;
}

eb_dec to_abi(Decimal value) { return {value.low_word(), value.high_word()}; }

std::optional<Decimal> from_abi(eb_dec value) {
  const auto decimal = Decimal::from_words(value.lo, value.hi);
  if (!decimal) return std::nullopt;
  return *decimal;
}

std::optional<Order> from_abi(const eb_order& from) {
  if (!known(from.side, EB_SIDE_BUY, EB_SIDE_SELL) ||
      !known(from.order_type, EB_ORDER_TYPE_OTHER, EB_ORDER_TYPE_BEST) ||
      !known(from.time_in_force, EB_TIF_NONE, EB_TIF_OTHER) ||
      !known(from.state, EB_ORDER_WAIT, EB_ORDER_PREVENTED) || from.uuid.len == 0) {
    return std::nullopt;
  }
  Order to;
  to.uuid = copy(from.uuid);
  to.identifier = copy(from.identifier);
  to.market = copy(from.market);
  to.side = static_cast<Side>(from.side);
  to.type = static_cast<OrderType>(from.order_type);
  to.time_in_force = static_cast<TimeInForce>(from.time_in_force);
  to.state = static_cast<OrderState>(from.state);
  to.trades_count = from.trades_count;
  to.created_at = time_of(from.created_at);
  to.ts = time_of(from.ts);
  const auto told = [&from](std::uint32_t flag) { return (from.flags & flag) != 0; };
  if (!read_told(told(EB_ORDER_HAS_PRICE), from.price, to.price) ||
      !read_told(told(EB_ORDER_HAS_VOLUME), from.volume, to.volume) ||
      !read_told(told(EB_ORDER_HAS_REMAINING), from.remaining_volume, to.remaining_volume) ||
      !read_told(told(EB_ORDER_HAS_EXECUTED), from.executed_volume, to.executed_volume) ||
      !read_told(told(EB_ORDER_HAS_FUNDS), from.executed_funds, to.executed_funds) ||
      !read_told(told(EB_ORDER_HAS_AVG_PRICE), from.avg_price, to.avg_price) ||
      !read_told(told(EB_ORDER_HAS_PAID_FEE), from.paid_fee, to.paid_fee) ||
      !read_all({{from.reserved_fee, &to.reserved_fee},
                 {from.remaining_fee, &to.remaining_fee},
                 {from.locked, &to.locked}})) {
    return std::nullopt;
  }
  return to;
}

std::optional<Fill> from_abi(const eb_fill& from) {
  if (!known(from.side, EB_SIDE_BUY, EB_SIDE_SELL) || from.trade_uuid.len == 0 ||
      from.order_uuid.len == 0) {
    return std::nullopt;
  }
  Fill to;
  to.order_uuid = copy(from.order_uuid);
  to.trade_uuid = copy(from.trade_uuid);
  to.identifier = copy(from.identifier);
  to.market = copy(from.market);
  to.side = static_cast<Side>(from.side);
  to.trade_time = time_of(from.trade_time);
  if ((from.flags & EB_FILL_HAS_MAKER) != 0) to.maker = (from.flags & EB_FILL_IS_MAKER) != 0;
  if (!read_told((from.flags & EB_FILL_HAS_FEE) != 0, from.fee, to.fee) ||
      !read_all({{from.price, &to.price}, {from.volume, &to.volume}, {from.funds, &to.funds}}) ||
      !to.price.is_positive() || !to.volume.is_positive()) {
    return std::nullopt;
  }
  return to;
}

std::optional<Account> from_abi(const eb_account& from) {
  Account to;
  to.snapshot = (from.flags & EB_ACCOUNT_SNAPSHOT) != 0;
  to.currency = copy(from.currency);
  to.asset_ts = time_of(from.asset_ts);
  if (!read_all({{from.balance, &to.balance},
                 {from.locked, &to.locked},
                 {from.avg_buy_price, &to.avg_buy_price}})) {
    return std::nullopt;
  }
  return to;
}

std::optional<Chance> from_abi(const eb_chance& from) {
  Chance to;
  to.market = copy(from.market);
  to.state = copy(from.state);
  if (!read_all({{from.bid_fee, &to.bid_fee},
                 {from.ask_fee, &to.ask_fee},
                 {from.min_total_bid, &to.min_total_bid},
                 {from.min_total_ask, &to.min_total_ask},
                 {from.max_total, &to.max_total}})) {
    return std::nullopt;
  }
  return to;
}

std::optional<Candle> from_abi(const eb_exchange_candle& from) {
  Candle to;
  to.market = copy(from.market);
  to.timeframe_s = from.timeframe_s;
  to.open_time = time_of(from.open_time);
  to.last_trade = time_of(from.last_trade);
  if (!read_all({{from.open, &to.open},
                 {from.high, &to.high},
                 {from.low, &to.low},
                 {from.close, &to.close},
                 {from.volume, &to.volume},
                 {from.value, &to.value}})) {
    return std::nullopt;
  }
  return to;
}

std::optional<Market> from_abi(const eb_market& from) {
  return Market{copy(from.market), copy(from.korean_name), copy(from.english_name),
                from.warning != 0};
}

std::optional<Instrument> from_abi(const eb_instrument& from) {
  const auto tick = from_abi(from.tick_size);
  if (!tick || !tick->is_positive()) return std::nullopt;
  return Instrument{copy(from.market), *tick};
}

std::optional<ApiKey> from_abi(const eb_api_key& from) {
  return ApiKey{copy(from.access_key), time_of(from.expires_at)};
}

std::optional<Ticker> from_abi(const eb_tick& from) {
  Ticker to;
  to.market = copy(from.market);
  to.ts = time_of(from.exchange_ts);
  if (!read_all({{from.price, &to.price}, {from.traded_value_24h, &to.traded_value_24h}})) {
    return std::nullopt;
  }
  return to;
}

std::optional<PublicTrade> from_abi(const eb_trade& from) {
  if (!known(from.taker_side, EB_SIDE_BUY, EB_SIDE_SELL)) return std::nullopt;
  PublicTrade to;
  to.market = copy(from.market);
  to.taker_side = static_cast<Side>(from.taker_side);
  to.trade_id = from.trade_id;
  to.ts = time_of(from.exchange_ts);
  if (!read_all({{from.price, &to.price}, {from.volume, &to.volume}})) return std::nullopt;
  return to;
}

std::optional<BookTop> from_abi(const eb_book_top& from) {
  BookTop to;
  to.market = copy(from.market);
  to.ts = time_of(from.exchange_ts);
  if (!read_all({{from.bid_price, &to.bid_price},
                 {from.bid_size, &to.bid_size},
                 {from.ask_price, &to.ask_price},
                 {from.ask_size, &to.ask_size}})) {
    return std::nullopt;
  }
  return to;
}

std::optional<Answer> from_abi(const eb_answer& from) {
  if (!known(from.meaning, EB_ANSWER_OK, EB_ANSWER_UNKNOWN)) return std::nullopt;
  return Answer{static_cast<Meaning>(from.meaning), copy(from.name), copy(from.message),
                from.blocked_s};
}

RateLeft from_abi(const eb_rate_left& from) {
  RateLeft to;
  to.group = copy(from.group);
  if (from.left >= 0) to.left = from.left;
  return to;
}

}  // namespace everbit::plugins
