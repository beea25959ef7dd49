#include "upbit-sim/ws/messages.h"

#include <algorithm>
#include <array>

#include "upbit-sim/rest/render.h"

namespace everbit::upbit_sim {
namespace {

// A JSON object whose keys are long or short, as the client asked.
class Fields {
 public:
  explicit Fields(StreamStyle style) : out_(style.numbers), simple_(style.simple) {
    out_.open_object();
  }

  JsonWriter& key(const char* name, const char* brief) { return out_.key(simple_ ? brief : name); }
  void text(const char* name, const char* brief, std::string_view value) {
    key(name, brief).string(value);
  }
  void number(const char* name, const char* brief, const Decimal& value) {
    key(name, brief).number(value);
  }
  void integer(const char* name, const char* brief, std::int64_t value) {
    key(name, brief).integer(value);
  }
  void boolean(const char* name, const char* brief, bool value) { key(name, brief).boolean(value); }
  void null(const char* name, const char* brief) { key(name, brief).null(); }
  void optional_text(const char* name, const char* brief, const std::optional<std::string>& value) {
    if (value)
      text(name, brief, *value);
    else
      null(name, brief);
  }
  void optional_number(const char* name, const char* brief, const std::optional<Decimal>& value) {
    if (value)
      number(name, brief, *value);
    else
      null(name, brief);
  }
  void stream_type(bool snapshot) { text("stream_type", "st", snapshot ? "SNAPSHOT" : "REALTIME"); }
  JsonWriter& writer() { return out_; }
  std::string take() { return out_.close_object().take(); }

 private:
  JsonWriter out_;
  bool simple_;
};

template <typename Enum>
std::optional<std::string> name_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(to_text(*value));
}

}  // namespace

std::string ticker_message(const Market& market, Millis now, bool snapshot, StreamStyle style) {
  const Ticker t = market.ticker(now);
  const Decimal last = from_e8(t.last);
  const Change change = change_between(last, from_e8(t.previous_close));
  Fields f(style);
  f.text("type", "ty", "ticker");
  f.text("code", "cd", market.code());
  f.number("opening_price", "op", from_e8(t.open));
  f.number("high_price", "hp", from_e8(t.high));
  f.number("low_price", "lp", from_e8(t.low));
  f.number("trade_price", "tp", last);
  f.number("prev_closing_price", "pcp", from_e8(t.previous_close));
  f.text("change", "c", change.word);
  f.number("change_price", "cp", magnitude(change.price));
  f.number("signed_change_price", "scp", change.price);
  f.number("change_rate", "cr", magnitude(change.rate));
  f.number("signed_change_rate", "scr", change.rate);
  f.number("trade_volume", "tv", from_e8(t.last_volume));
  f.number("acc_trade_volume", "atv", from_e8(t.volume));
  f.number("acc_trade_volume_24h", "atv24h", from_e8(t.volume_24h));
  f.number("acc_trade_price", "atp", from_e16(t.value));
  f.number("acc_trade_price_24h", "atp24h", from_e16(t.value_24h));
  f.text("trade_date", "tdt", without_separators(format_date(t.last_time)));
  f.text("trade_time", "ttm", without_separators(format_time(t.last_time)));
  f.integer("trade_timestamp", "ttms", t.last_time);
  f.text("ask_bid", "ab", t.last_taker_bid ? "BID" : "ASK");
  f.number("acc_ask_volume", "aav", from_e8(t.ask_volume));
  f.number("acc_bid_volume", "abv", from_e8(t.bid_volume));
  f.number("highest_52_week_price", "h52wp", from_e8(t.high_52w));
  f.text("highest_52_week_date", "h52wdt", format_date(t.high_52w_at));
  f.number("lowest_52_week_price", "l52wp", from_e8(t.low_52w));
  f.text("lowest_52_week_date", "l52wdt", format_date(t.low_52w_at));
  f.text("market_state", "ms", "ACTIVE");
  f.boolean("is_trading_suspended", "its", !market.online());
  f.null("delisting_date", "dd");
  f.text("market_warning", "mw", "NONE");
  f.integer("timestamp", "tms", now);
  f.stream_type(snapshot);
  return f.take();
}

std::string trade_message(const Market& market, const PublicTrade& trade, const Exchange& exchange,
                          Millis now, bool snapshot, StreamStyle style) {
  const Decimal previous = from_e8(market.ticker(now).previous_close);
  const Change change = change_between(from_e8(trade.price), previous);
  const auto asks = exchange.depth(market, Side::kAsk);
  const auto bids = exchange.depth(market, Side::kBid);
  const Level ask = asks.empty() ? Level{} : asks.front();
  const Level bid = bids.empty() ? Level{} : bids.front();
  Fields f(style);
  f.text("type", "ty", "trade");
  f.text("code", "cd", market.code());
  f.integer("timestamp", "tms", now);
  f.text("trade_date", "td", format_date(trade.time));
  f.text("trade_time", "ttm", format_time(trade.time));
  f.integer("trade_timestamp", "ttms", trade.time);
  f.number("trade_price", "tp", from_e8(trade.price));
  f.number("trade_volume", "tv", from_e8(trade.volume));
  f.text("ask_bid", "ab", trade.taker_bid ? "BID" : "ASK");
  f.number("prev_closing_price", "pcp", previous);
  f.text("change", "c", change.word);
  f.number("change_price", "cp", magnitude(change.price));
  f.integer("sequential_id", "sid", trade.sequential_id);
  f.number("best_ask_price", "bap", ask.price);
  f.number("best_ask_size", "bas", ask.size);
  f.number("best_bid_price", "bbp", bid.price);
  f.number("best_bid_size", "bbs", bid.size);
  f.stream_type(snapshot);
  return f.take();
}

std::string orderbook_message(const Market& market, const Exchange& exchange, const Decimal& level,
                              std::size_t depth, Millis now, bool snapshot, StreamStyle style) {
  const auto asks = group_levels(exchange.depth(market, Side::kAsk), level, true);
  const auto bids = group_levels(exchange.depth(market, Side::kBid), level, false);
  Fields f(style);
  f.text("type", "ty", "orderbook");
  f.text("code", "cd", market.code());
  f.integer("timestamp", "tms", now);
  f.number("total_ask_size", "tas", total_size(asks));
  f.number("total_bid_size", "tbs", total_size(bids));
  f.key("orderbook_units", "obu").open_array();
  const Level nothing;
  for (std::size_t i = 0; i < std::min(depth, std::max(asks.size(), bids.size())); ++i) {
    const Level& ask = i < asks.size() ? asks[i] : nothing;
    const Level& bid = i < bids.size() ? bids[i] : nothing;
    f.writer().open_object();
    f.number("ask_price", "ap", ask.price);
    f.number("bid_price", "bp", bid.price);
    f.number("ask_size", "as", ask.size);
    f.number("bid_size", "bs", bid.size);
    f.writer().close_object();
  }
  f.writer().close_array();
  f.stream_type(snapshot);
  f.number("level", "lv", level);
  return f.take();
}

std::string candle_message(const Market& market, const std::string& type, const Candle& candle,
                           bool snapshot, StreamStyle style) {
  Fields f(style);
  f.text("type", "ty", type);
  f.text("code", "cd", market.code());
  f.text("candle_date_time_utc", "cdttmu", format_utc(candle.start));
  f.text("candle_date_time_kst", "cdttmk", format_kst(candle.start));
  f.number("opening_price", "op", from_e8(candle.open));
  f.number("high_price", "hp", from_e8(candle.high));
  f.number("low_price", "lp", from_e8(candle.low));
  f.number("trade_price", "tp", from_e8(candle.close));
  f.number("candle_acc_trade_volume", "catv", from_e8(candle.volume));
  f.number("candle_acc_trade_price", "catp", from_e16(candle.value));
  f.integer("timestamp", "tms", candle.last_trade);
  f.stream_type(snapshot);
  return f.take();
}

std::string my_order_message(const OrderEvent& event, StreamStyle style) {
  const Order& o = event.order;
  const bool traded = event.fill.has_value();
  const bool untouched_amount = o.by_amount() && o.executed_volume.is_zero();
  const Decimal average = o.executed_volume.is_zero()
                              ? Decimal{}
                              : o.executed_funds.divided_by(o.executed_volume).floor_to(8);
  Fields f(style);
  f.text("type", "ty", "myOrder");
  f.text("code", "cd", o.market);
  f.text("uuid", "uid", o.uuid);
  f.text("ask_bid", "ab", to_upper_text(o.side));
  f.text("order_type", "ot", to_text(o.type));
  f.text("state", "s", event.state);
  f.optional_text("trade_uuid", "tuid", traded ? std::optional(event.fill->uuid) : std::nullopt);
  f.optional_number("price", "p", traded ? std::optional(event.fill->price) : o.price);
  f.number("avg_price", "ap", average);
  f.optional_number("volume", "v", traded ? std::optional(event.fill->volume) : o.volume);
  f.optional_number("remaining_volume", "rv",
                    o.by_amount() ? std::nullopt : std::optional(o.remaining_volume));
  f.optional_number("executed_volume", "ev",
                    untouched_amount ? std::nullopt : std::optional(o.executed_volume));
  f.integer("trades_count", "tc", static_cast<std::int64_t>(o.fills.size()));
  f.number("reserved_fee", "rsf", o.reserved_fee);
  f.number("remaining_fee", "rmf", o.remaining_fee);
  f.number("paid_fee", "pf", o.paid_fee);
  f.number("locked", "l", o.locked);
  f.number("executed_funds", "ef", o.executed_funds);
  f.optional_text("time_in_force", "tif", name_of(o.time_in_force));
  f.optional_number("trade_fee", "tf", traded ? std::optional(event.fill->fee) : std::nullopt);
  if (traded)
    f.boolean("is_maker", "im", event.fill->is_maker);
  else
    f.null("is_maker", "im");
  f.optional_text("identifier", "id", o.identifier);
  f.optional_text("smp_type", "smpt", name_of(o.smp));
  f.optional_number("prevented_volume", "pv",
                    untouched_amount ? std::nullopt : std::optional(o.prevented_volume));
  f.number("prevented_locked", "pl", o.prevented_locked);
  if (traded)
    f.integer("trade_timestamp", "ttms", event.fill->time / 1000);
  else
    f.null("trade_timestamp", "ttms");
  f.integer("order_timestamp", "otms", o.created_at / 1'000'000 * 1000);
  f.integer("timestamp", "tms", event.time);
  f.stream_type(false);
  return f.take();
}

std::string my_asset_message(const AssetEvent& event, StreamStyle style) {
  Fields f(style);
  f.text("type", "ty", "myAsset");
  f.text("asset_uuid", "astuid", event.uuid);
  f.key("assets", "ast").open_array();
  for (const auto& [currency, balance] : event.assets) {
    f.writer().open_object();
    f.text("currency", "cu", currency);
    f.number("balance", "b", balance.available);
    f.number("locked", "l", balance.locked);
    f.writer().close_object();
  }
  f.writer().close_array();
  f.integer("asset_timestamp", "asttms", event.time);
  f.integer("timestamp", "tms", event.time);
  f.stream_type(false);
  return f.take();
}

std::string with_another_number(std::string message) {
  constexpr std::array<std::string_view, 6> kNames{
      "\"price\":", "\"trade_price\":", "\"balance\":", "\"p\":", "\"tp\":", "\"b\":"};
  for (const std::string_view name : kNames) {
    const auto at = message.find(name);
    if (at == std::string::npos) continue;
    char& digit = message[at + name.size()];
    if (digit < '0' || digit > '9') continue;
    digit = digit == '9' ? '1' : static_cast<char>(digit + 1);
    return message;
  }
  return message;
}

}  // namespace everbit::upbit_sim
