#include "upbit-sim/rest/quotation.h"

#include <algorithm>
#include <variant>

#include "upbit-sim/base/text.h"
#include "upbit-sim/market/tick.h"

namespace everbit::upbit_sim {
namespace {

HttpResponse bad_value() {
  return quotation_error(400, "Invalid parameter. Check the given value!");
}
HttpResponse bad_type() {
  return quotation_error(400, "Type mismatch error. Check the parameters type!");
}
HttpResponse missing_value() {
  return quotation_error(400, "Missing request parameter error. Check the required parameters!");
}
HttpResponse unknown_market() { return quotation_error(404, "Code not found"); }

using Markets = std::vector<const Market*>;

std::variant<Markets, HttpResponse> markets_of(MarketPlace& place, const Params& params,
                                               std::string_view name) {
  const auto codes = params.list(name);
  if (codes.empty()) return missing_value();
  Markets markets;
  for (const std::string& code : codes) {
    const Market* market = place.find(code);
    if (market == nullptr) return unknown_market();
    markets.push_back(market);
  }
  return markets;
}

std::variant<std::int64_t, HttpResponse> integer_of(const Params& params, std::string_view name,
                                                    std::int64_t fallback, std::int64_t low,
                                                    std::int64_t high) {
  const auto text = params.get(name);
  if (!text) return fallback;
  const auto value = parse_integer(*text);
  if (!value) return bad_type();
  if (*value < low || *value > high) return bad_value();
  return *value;
}

// The exclusive end of a candle request. A colon that was not percent-encoded is refused, as the
// exchange does. A plus sign is a space: right between date and time, where pyupbit sends one, and
// wrong before a zone.
std::variant<Millis, HttpResponse> end_of(const Params& params, Millis now) {
  const auto text = params.get("to");
  if (!text) return now + kDay;
  const std::string_view raw = params.raw("to");
  const auto time = parse_iso(*text);
  if (!time || raw.find(':') != std::string_view::npos) return bad_value();
  return *time;
}

void write_candle(JsonWriter& out, const std::string& market, const Candle& candle) {
  out.text("market", market);
  out.text("candle_date_time_utc", format_utc(candle.start));
  out.text("candle_date_time_kst", format_kst(candle.start));
  out.number("opening_price", from_e8(candle.open)).number("high_price", from_e8(candle.high));
  out.number("low_price", from_e8(candle.low)).number("trade_price", from_e8(candle.close));
  out.integer("timestamp", candle.last_trade);
  out.number("candle_acc_trade_price", from_e16(candle.value));
  out.number("candle_acc_trade_volume", from_e8(candle.volume));
}

void write_day_extras(JsonWriter& out, const Candle& candle, const Candle* previous, bool convert) {
  const Decimal close = from_e8(candle.close);
  const Decimal before = from_e8(previous != nullptr ? previous->close : candle.open);
  const Change change = change_between(close, before);
  out.number("prev_closing_price", before).number("change_price", change.price);
  out.number("change_rate", change.rate);
  if (convert) out.number("converted_trade_price", close);
}

// The last `time of day` (UTC) for trades/ticks: HHmmss or HH:mm:ss.
std::optional<Millis> time_of_day(const std::string& text) {
  const std::string digits = without_separators(text);
  const auto number = parse_integer(digits);
  if (digits.size() != 6 || !number) return std::nullopt;
  const auto hours = *number / 10'000;
  const auto minutes = *number / 100 % 100;
  const auto seconds = *number % 100;
  if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  return hours * kHour + minutes * kMinute + seconds * kSecond;
}

}  // namespace

HttpResponse Quotation::market_all(const Params& params, const Spelling&) const {
  const std::string details = params.get("is_details").value_or("false");
  if (details != "true" && details != "false") return bad_type();
  JsonWriter out;
  out.open_array();
  for (const auto& market : markets_.all()) {
    out.open_object().text("market", market->code());
    out.text("korean_name", market->korean_name()).text("english_name", market->english_name());
    if (details == "true") {
      out.key("market_event").open_object().boolean("warning", false);
      out.key("caution").open_object();
      for (const char* name :
           {"PRICE_FLUCTUATIONS", "TRADING_VOLUME_SOARING", "DEPOSIT_AMOUNT_SOARING",
            "GLOBAL_PRICE_DIFFERENCES", "CONCENTRATION_OF_SMALL_ACCOUNTS"}) {
        out.boolean(name, false);
      }
      out.close_object().close_object();
    }
    out.close_object();
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Quotation::candles(Unit unit, const Params& params, const Spelling& spelling) const {
  const auto code = params.get("market");
  if (!code) return missing_value();
  const Market* market = markets_.find(*code);
  if (market == nullptr) return unknown_market();
  const auto count = integer_of(params, "count", 1, 1, 200);
  if (const auto* refused = std::get_if<HttpResponse>(&count)) return *refused;
  const auto end = end_of(params, clock_.now());
  if (const auto* refused = std::get_if<HttpResponse>(&end)) return *refused;

  const auto wanted = static_cast<std::size_t>(std::get<std::int64_t>(count));
  auto candles = market->candles().newest(unit, std::get<Millis>(end), wanted + 1);
  if (unit == Unit::k1s) {
    std::erase_if(candles, [this](const Candle& c) { return c.start < clock_.now() - 92 * kDay; });
  }
  JsonWriter out(spelling.numbers);
  out.open_array();
  for (std::size_t i = 0; i < std::min(wanted, candles.size()); ++i) {
    out.open_object();
    write_candle(out, *code, candles[i]);
    if (unit >= Unit::k1m && unit <= Unit::k240m) out.integer("unit", minutes_of(unit));
    if (unit == Unit::k1d) {
      write_day_extras(out, candles[i], i + 1 < candles.size() ? &candles[i + 1] : nullptr,
                       params.get("converting_price_unit") == "KRW");
    }
    if (unit > Unit::k1d) out.text("first_day_of_period", format_date(candles[i].start));
    out.close_object();
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Quotation::trades(const Params& params, const Spelling& spelling) const {
  const auto code = params.get("market");
  if (!code) return missing_value();
  const Market* market = markets_.find(*code);
  if (market == nullptr) return unknown_market();
  const auto count = integer_of(params, "count", 1, 1, 500);
  if (const auto* refused = std::get_if<HttpResponse>(&count)) return *refused;
  const auto days_ago = integer_of(params, "days_ago", 0, 1, 7);
  if (const auto* refused = std::get_if<HttpResponse>(&days_ago)) return *refused;
  const auto cursor = integer_of(params, "cursor", INT64_MAX, 0, INT64_MAX);
  if (const auto* refused = std::get_if<HttpResponse>(&cursor)) return *refused;
  const Millis day = start_of(Unit::k1d, clock_.now()) - std::get<std::int64_t>(days_ago) * kDay;
  Millis end = day + kDay;
  if (const auto to = params.get("to")) {
    const auto time = time_of_day(*to);
    if (!time) return bad_value();
    end = day + *time;
  }

  const Ticker ticker = market->ticker(clock_.now());
  const Decimal previous = from_e8(ticker.previous_close);
  JsonWriter out(spelling.numbers);
  out.open_array();
  auto left = std::get<std::int64_t>(count);
  const auto& all = market->trades();
  for (auto trade = all.rbegin(); trade != all.rend() && left > 0; ++trade) {
    if (trade->time >= end || trade->sequential_id >= std::get<std::int64_t>(cursor)) continue;
    if (trade->time < day) break;
    --left;
    out.open_object().text("market", *code);
    out.text("trade_date_utc", format_date(trade->time));
    out.text("trade_time_utc", format_time(trade->time)).integer("timestamp", trade->time);
    out.number("trade_price", from_e8(trade->price)).number("trade_volume", from_e8(trade->volume));
    out.number("prev_closing_price", previous);
    out.number("change_price", from_e8(trade->price) - previous);
    out.text("ask_bid", trade->taker_bid ? "BID" : "ASK");
    out.integer("sequential_id", trade->sequential_id).close_object();
  }
  return json_response(200, out.close_array().take());
}

void Quotation::write_ticker(JsonWriter& out, const Market& market) const {
  const Ticker ticker = market.ticker(clock_.now());
  const Decimal last = from_e8(ticker.last);
  const Change change = change_between(last, from_e8(ticker.previous_close));
  const Millis kst = ticker.last_time + kKst;
  out.open_object().text("market", market.code());
  out.text("trade_date", without_separators(format_date(ticker.last_time)));
  out.text("trade_time", without_separators(format_time(ticker.last_time)));
  out.text("trade_date_kst", without_separators(format_date(kst)));
  out.text("trade_time_kst", without_separators(format_time(kst)));
  out.integer("trade_timestamp", ticker.last_time);
  out.number("opening_price", from_e8(ticker.open)).number("high_price", from_e8(ticker.high));
  out.number("low_price", from_e8(ticker.low)).number("trade_price", last);
  out.number("prev_closing_price", from_e8(ticker.previous_close)).text("change", change.word);
  out.number("change_price", magnitude(change.price)).number("change_rate", magnitude(change.rate));
  out.number("signed_change_price", change.price).number("signed_change_rate", change.rate);
  out.number("trade_volume", from_e8(ticker.last_volume));
  out.number("acc_trade_price", from_e16(ticker.value));
  out.number("acc_trade_price_24h", from_e16(ticker.value_24h));
  out.number("acc_trade_volume", from_e8(ticker.volume));
  out.number("acc_trade_volume_24h", from_e8(ticker.volume_24h));
  out.number("highest_52_week_price", from_e8(ticker.high_52w));
  out.text("highest_52_week_date", format_date(ticker.high_52w_at));
  out.number("lowest_52_week_price", from_e8(ticker.low_52w));
  out.text("lowest_52_week_date", format_date(ticker.low_52w_at));
  out.integer("timestamp", clock_.now()).close_object();
}

HttpResponse Quotation::tickers(const Params& params, const Spelling& spelling) const {
  const auto markets = markets_of(markets_, params, "markets");
  if (const auto* refused = std::get_if<HttpResponse>(&markets)) return *refused;
  JsonWriter out(spelling.numbers);
  out.open_array();
  for (const Market* market : std::get<Markets>(markets)) write_ticker(out, *market);
  return json_response(200, out.close_array().take());
}

HttpResponse Quotation::tickers_of_quotes(const Params& params, const Spelling& spelling) const {
  const auto quotes = params.list("quote_currencies");
  if (quotes.empty()) return missing_value();
  JsonWriter out(spelling.numbers);
  out.open_array();
  for (const auto& market : markets_.all()) {
    if (std::find(quotes.begin(), quotes.end(), market->quote()) != quotes.end()) {
      write_ticker(out, *market);
    }
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Quotation::order_books(const Params& params, const Spelling& spelling) const {
  const auto markets = markets_of(markets_, params, "markets");
  if (const auto* refused = std::get_if<HttpResponse>(&markets)) return *refused;
  const auto count = integer_of(params, "count", 30, 1, 30);
  if (const auto* refused = std::get_if<HttpResponse>(&count)) return *refused;
  const auto level = Decimal::parse(params.get("level").value_or("0"));
  if (!level || level->is_negative()) return bad_value();
  JsonWriter out(spelling.numbers);
  out.open_array();
  for (const Market* market : std::get<Markets>(markets)) {
    const auto levels = supported_levels(market->quote(), market->last_price(), clock_.now());
    if (std::find(levels.begin(), levels.end(), level->to_string()) == levels.end()) continue;
    write_order_book(out, exchange_, *market, clock_.now(), *level,
                     static_cast<std::size_t>(std::get<std::int64_t>(count)));
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Quotation::instruments(const Params& params, const Spelling&) const {
  const auto markets = markets_of(markets_, params, "markets");
  if (const auto* refused = std::get_if<HttpResponse>(&markets)) return *refused;
  JsonWriter out;
  out.open_array();
  for (const Market* market : std::get<Markets>(markets)) {
    const Decimal price = market->last_price();
    out.open_object().text("market", market->code()).text("quote_currency", market->quote());
    out.decimal_text("tick_size", tick_size(market->quote(), price, clock_.now()));
    out.key("supported_levels").open_array();
    for (const auto& level : supported_levels(market->quote(), price, clock_.now())) {
      out.string(level);
    }
    out.close_array().close_object();
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Quotation::supported_level_numbers(const Params& params,
                                                const Spelling& spelling) const {
  const auto markets = markets_of(markets_, params, "markets");
  if (const auto* refused = std::get_if<HttpResponse>(&markets)) return *refused;
  JsonWriter out(spelling.numbers);
  out.open_array();
  for (const Market* market : std::get<Markets>(markets)) {
    out.open_object().text("market", market->code()).key("supported_levels").open_array();
    for (const auto& level :
         supported_levels(market->quote(), market->last_price(), clock_.now())) {
      out.number(Decimal::of(level));
    }
    out.close_array().close_object();
  }
  return json_response(200, out.close_array().take());
}

}  // namespace everbit::upbit_sim
