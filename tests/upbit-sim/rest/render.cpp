#include "upbit-sim/rest/render.h"

#include <utility>

namespace everbit::upbit_sim {
namespace {

void write_optional(JsonWriter& out, std::string_view name, const std::optional<std::string>& value,
                    const Spelling& spelling) {
  if (value) {
    out.text(name, *value);
  } else if (spelling.explicit_nulls) {
    out.null(name);
  }
}

std::optional<std::string> text_of(const std::optional<Decimal>& value) {
  if (!value) return std::nullopt;
  return value->to_string();
}

template <typename Enum>
std::optional<std::string> text_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(to_text(*value));
}

void write_trades(JsonWriter& out, const Order& order) {
  out.key("trades").open_array();
  for (const Fill& fill : order.fills) {
    out.open_object()
        .text("market", order.market)
        .text("uuid", fill.uuid)
        .decimal_text("price", fill.price)
        .decimal_text("volume", fill.volume)
        .decimal_text("funds", fill.funds)
        .text("trend", fill.up ? "up" : "down")
        .text("created_at", format_kst_micros(fill.time))
        .text("side", to_text(order.side))
        .close_object();
  }
  out.close_array();
}

}  // namespace

HttpResponse json_response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse exchange_error(const ApiError& error) {
  JsonWriter out;
  out.open_object().key("error").open_object();
  out.text("name", error.name).text("message", error.message);
  return json_response(error.status, out.close_object().close_object().take());
}

HttpResponse quotation_error(int status, std::string_view message) {
  JsonWriter out;
  out.open_object().key("error").open_object();
  out.integer("name", status).text("message", message);
  return json_response(status, out.close_object().close_object().take());
}

void write_order(JsonWriter& out, const Order& order, const Spelling& spelling, bool with_trades) {
  out.open_object();
  out.text("market", order.market).text("uuid", order.uuid);
  out.text("side", to_text(order.side)).text("ord_type", to_text(order.type));
  write_optional(out, "price", text_of(order.price), spelling);
  out.text("state", to_text(order.state));
  out.text("created_at", format_kst_offset(order.created_at / 1000));
  write_optional(out, "volume", text_of(order.volume), spelling);
  write_optional(out, "remaining_volume",
                 order.volume ? std::optional(order.remaining_volume.to_string()) : std::nullopt,
                 spelling);
  out.decimal_text("executed_volume", order.executed_volume);
  out.decimal_text("reserved_fee", order.reserved_fee);
  out.decimal_text("remaining_fee", order.remaining_fee);
  out.decimal_text("paid_fee", order.paid_fee);
  out.decimal_text("locked", order.locked);
  out.integer("trades_count", static_cast<std::int64_t>(order.fills.size()));
  write_optional(out, "time_in_force", text_of(order.time_in_force), spelling);
  write_optional(out, "identifier", order.identifier, spelling);
  write_optional(out, "smp_type", text_of(order.smp), spelling);
  out.decimal_text("prevented_volume", order.prevented_volume);
  out.decimal_text("prevented_locked", order.prevented_locked);
  if (with_trades) write_trades(out, order);
  out.close_object();
}

void write_balance(JsonWriter& out, const std::string& currency, const Balance& balance) {
  out.open_object()
      .text("currency", currency)
      .decimal_text("balance", balance.available)
      .decimal_text("locked", balance.locked)
      .decimal_text("avg_buy_price", balance.avg_buy_price)
      .boolean("avg_buy_price_modified", currency == "KRW")
      .text("unit_currency", "KRW")
      .close_object();
}

void write_order_book(JsonWriter& out, const Exchange& exchange, const Market& market, Millis now,
                      const Decimal& level, std::size_t count) {
  const auto asks = group_levels(exchange.depth(market, Side::kAsk), level, true);
  const auto bids = group_levels(exchange.depth(market, Side::kBid), level, false);
  out.open_object().text("market", market.code()).integer("timestamp", now);
  out.number("total_ask_size", total_size(asks)).number("total_bid_size", total_size(bids));
  out.key("orderbook_units").open_array();
  const Level nothing;
  for (std::size_t i = 0; i < std::min(count, std::max(asks.size(), bids.size())); ++i) {
    const Level& ask = i < asks.size() ? asks[i] : nothing;
    const Level& bid = i < bids.size() ? bids[i] : nothing;
    out.open_object().number("ask_price", ask.price).number("bid_price", bid.price);
    out.number("ask_size", ask.size).number("bid_size", bid.size).close_object();
  }
  out.close_array().number("level", level).close_object();
}

std::vector<Level> group_levels(const std::vector<Level>& levels, const Decimal& step, bool asks) {
  if (step.is_zero()) return levels;
  std::vector<Level> result;
  for (const Level& level : levels) {
    Decimal price = level.price.divided_by(step).floor_to(0) * step;
    if (asks && price < level.price) price += step;
    if (!result.empty() && result.back().price == price) {
      result.back().size += level.size;
    } else {
      result.push_back({price, level.size});
    }
  }
  return result;
}

Decimal total_size(const std::vector<Level>& levels) {
  Decimal total;
  for (const Level& level : levels) total += level.size;
  return total;
}

Decimal magnitude(const Decimal& value) { return value.is_negative() ? -value : value; }

Change change_between(const Decimal& last, const Decimal& previous) {
  const Decimal price = last - previous;
  const Decimal rate = previous.is_zero() ? Decimal{} : price.divided_by(previous).floor_to(10);
  const char* word = price.is_zero() ? "EVEN" : price.is_negative() ? "FALL" : "RISE";
  return {price, rate, word};
}

}  // namespace everbit::upbit_sim
