#include "exchange-upbit/market_data.h"

#include <array>

#include "exchange-upbit/text.h"

namespace everbit::exchange_upbit {
namespace {

template <class Event>
Event make_event(std::uint16_t type) {
  Event event{};
  event.head.size = sizeof(Event);
  event.head.type = type;
  return event;
}

bool read_warning(json::value& value, bool& warning) {
  constexpr std::array<FieldSpec, 1> kSpecs{{{"warning"}}};
  std::array<Token, 1> t{};
  json::object event;
  if (value.get_object().get(event) != simdjson::SUCCESS || !read_fields(event, kSpecs, t)) {
    return false;
  }
  return t[0].absent() || boolean(t[0], warning);
}

// What days and weeks have beside the common fields tells which candles they are; the answer itself
// does not repeat the question.
bool read_timeframe(const Token& unit, const Token& day, const Token& week, std::int32_t& out) {
  std::int64_t minutes = 0;
  if (unit.absent()) {
    out = !week.absent() ? 604800 : !day.absent() ? 86400 : 1;
    return true;
  }
  if (!integer(unit, minutes) || minutes < 1 || minutes > 240) return false;
  out = static_cast<std::int32_t>(minutes * 60);
  return true;
}

struct CandleTokens {
  const Token& market;
  const Token& open_time;
  const Token& open;
  const Token& high;
  const Token& low;
  const Token& close;
  const Token& volume;
  const Token& value;
  const Token& last_trade;
};

bool read_candle(const CandleTokens& t, std::int32_t timeframe_s, const Values& values,
                 Collected& out) {
  auto candle = make<eb_exchange_candle>();
  candle.timeframe_s = timeframe_s;
  return market_code(t.market, candle.market) && utc_time(t.open_time, candle.open_time) &&
         values.positive(t.open, candle.open) && values.positive(t.high, candle.high) &&
         values.positive(t.low, candle.low) && values.positive(t.close, candle.close) &&
         values.down(t.volume, candle.volume) && values.down(t.value, candle.value) &&
         epoch_ms(t.last_trade, candle.last_trade) && add(out.candles, candle);
}

bool read_side(const Token& token, std::int32_t& out) {
  std::string_view text;
  if (!word(token, text)) return false;
  out = text == "BID" ? EB_SIDE_BUY : text == "ASK" ? EB_SIDE_SELL : 0;
  return out != 0;
}

// The best level is the first; the rest must only be well-formed.
bool read_levels(json::value& value, const Values& values, eb_book_top& top) {
  constexpr std::array<FieldSpec, 4> kSpecs{
      {{"ask_price", "ap"}, {"bid_price", "bp"}, {"ask_size", "as"}, {"bid_size", "bs"}}};
  bool first = true;
  return read_objects(value, [&](json::object& level) {
    std::array<Token, 4> t{};
    if (!read_fields(level, kSpecs, t)) return false;
    if (!first) return true;
    first = false;
    return values.exact(t[0], top.ask_price) && values.exact(t[1], top.bid_price) &&
           values.exact(t[2], top.ask_size) && values.exact(t[3], top.bid_size);
  });
}

}  // namespace

bool read_market(json::object& object, const Values&, Collected& out) {
  constexpr std::array<FieldSpec, 4> kSpecs{{{"market"},
                                             {"korean_name", {}, FieldKind::kText},
                                             {"english_name", {}, FieldKind::kText},
                                             {"market_event", {}, FieldKind::kNested}}};
  std::array<Token, 4> t{};
  bool warning = false;
  std::string_view korean, english;
  if (!read_fields(object, kSpecs, t,
                   [&](std::size_t, json::value& value) { return read_warning(value, warning); })) {
    return false;
  }
  auto market = make<eb_market>();
  if (!market_code(t[0], market.market) || !prose(t[1], korean) || !prose(t[2], english)) {
    return false;
  }
  market.korean_name = borrow(korean);
  market.english_name = borrow(english);
  market.warning = warning ? 1 : 0;
  return add(out.markets, market);
}

bool read_rest_candle(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 12> kSpecs{{{"market"},
                                              {"candle_date_time_utc"},
                                              {"opening_price"},
                                              {"high_price"},
                                              {"low_price"},
                                              {"trade_price"},
                                              {"timestamp"},
                                              {"candle_acc_trade_price"},
                                              {"candle_acc_trade_volume"},
                                              {"unit"},
                                              {"prev_closing_price"},
                                              {"first_day_of_period"}}};
  std::array<Token, 12> t{};
  std::int32_t timeframe_s = 0;
  return read_fields(object, kSpecs, t) && read_timeframe(t[9], t[10], t[11], timeframe_s) &&
         read_candle({t[0], t[1], t[2], t[3], t[4], t[5], t[8], t[7], t[6]}, timeframe_s, values,
                     out);
}

bool read_ws_candle(json::object& object, std::int32_t timeframe_s, const Values& values,
                    Collected& out) {
  constexpr std::array<FieldSpec, 9> kSpecs{{{"code", "cd"},
                                             {"candle_date_time_utc", "cdttmu"},
                                             {"opening_price", "op"},
                                             {"high_price", "hp"},
                                             {"low_price", "lp"},
                                             {"trade_price", "tp"},
                                             {"candle_acc_trade_volume", "catv"},
                                             {"candle_acc_trade_price", "catp"},
                                             {"timestamp", "tms"}}};
  std::array<Token, 9> t{};
  return read_fields(object, kSpecs, t) &&
         read_candle({t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8]}, timeframe_s, values,
                     out);
}

bool read_instrument(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 2> kSpecs{{{"market"}, {"tick_size"}}};
  std::array<Token, 2> t{};
  auto instrument = make<eb_instrument>();
  return read_fields(object, kSpecs, t) && market_code(t[0], instrument.market) &&
         values.positive(t[1], instrument.tick_size) && add(out.instruments, instrument);
}

bool read_ticker(json::object& object, const Values& values, Collected& out) {
  // REST calls the market "market", the WebSocket "code" or "cd"; none of the three means anything
  // else in the other.
  constexpr std::array<FieldSpec, 5> kSpecs{{{"code", "cd"},
                                             {"market"},
                                             {"trade_price", "tp"},
                                             {"acc_trade_price_24h", "atp24h"},
                                             {"timestamp", "tms"}}};
  std::array<Token, 5> t{};
  auto tick = make_event<eb_tick>(EB_EVENT_TICK);
  if (!read_fields(object, kSpecs, t) || !market_code(t[0].seen ? t[0] : t[1], tick.market) ||
      !values.positive(t[2], tick.price) || !values.down(t[3], tick.traded_value_24h) ||
      !epoch_ms(t[4], tick.exchange_ts)) {
    return false;
  }
  tick.head.ts = tick.exchange_ts;
  return add(out.ticks, tick);
}

bool read_book(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 4> kSpecs{{{"code", "cd"},
                                             {"market"},
                                             {"orderbook_units", "obu", FieldKind::kNested},
                                             {"timestamp", "tms"}}};
  std::array<Token, 4> t{};
  auto top = make_event<eb_book_top>(EB_EVENT_BOOK_TOP);
  const auto read_units = [&](std::size_t, json::value& value) {
    return read_levels(value, values, top);
  };
  if (!read_fields(object, kSpecs, t, read_units) ||
      !market_code(t[0].seen ? t[0] : t[1], top.market) || t[2].absent() ||
      !epoch_ms(t[3], top.exchange_ts)) {
    return false;
  }
  top.head.ts = top.exchange_ts;
  return add(out.book_tops, top);
}

bool read_trade(json::object& object, const Values& values, Collected& out) {
  constexpr std::array<FieldSpec, 6> kSpecs{{{"code", "cd"},
                                             {"trade_timestamp", "ttms"},
                                             {"trade_price", "tp"},
                                             {"trade_volume", "tv"},
                                             {"ask_bid", "ab"},
                                             {"sequential_id", "sid"}}};
  std::array<Token, 6> t{};
  auto trade = make_event<eb_trade>(EB_EVENT_TRADE);
  if (!read_fields(object, kSpecs, t) || !market_code(t[0], trade.market) ||
      !epoch_ms(t[1], trade.exchange_ts) || !values.positive(t[2], trade.price) ||
      !values.positive(t[3], trade.volume) || !read_side(t[4], trade.taker_side) ||
      !integer(t[5], trade.trade_id)) {
    return false;
  }
  trade.head.ts = trade.exchange_ts;
  return add(out.trades, trade);
}

}  // namespace everbit::exchange_upbit
