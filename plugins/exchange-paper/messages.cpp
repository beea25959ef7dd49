#include "exchange-paper/messages.h"

#include <array>
#include <chrono>

#include "exchange-paper/json_text.h"

namespace everbit::exchange_paper {
namespace {

constexpr eb_ts kPerMillisecond = 1'000'000;
// The most that Upbit takes of one order in a KRW market.
constexpr std::string_view kMaxTotal = "1000000000";

std::string_view side_of(const Order& order, bool upper) {
  if (upper) return order.buys() ? "BID" : "ASK";
  return order.buys() ? "bid" : "ask";
}

std::string_view type_of(const Order& order) {
  constexpr std::array<std::string_view, 5> kNames{"", "limit", "price", "market", "best"};
  return kNames.at(static_cast<std::size_t>(order.type));
}

std::string_view time_in_force_of(const Order& order) {
  constexpr std::array<std::string_view, 4> kNames{"", "ioc", "fok", "post_only"};
  return kNames.at(static_cast<std::size_t>(order.time_in_force));
}

std::string_view state_of(const Order& order, const Fill* fill) {
  if (fill != nullptr) return "trade";
  return order.open() ? "wait" : order.state == EB_ORDER_DONE ? "done" : "cancel";
}

// What was ordered as price: the limit, or the amount to spend.
eb_dec price_of(const Order& order) {
  return order.by_amount() ? order.amount.raw() : order.limit.raw();
}

// Only a buy reserves its fee; a sale's is taken from what it brings.
eb_dec remaining_fee(const Order& order) {
  if (!order.open() || !order.buys()) return {0, 0};
  return (order.reserved_fee - order.paid_fee).raw();
}

std::string fill_json(const eb::DecimalMath& math, const Order& order, const Fill& fill) {
  return JsonText(math)
      .text("market", order.market)
      .text("uuid", fill.uuid)
      .amount("price", fill.price.raw())
      .amount("volume", fill.volume.raw())
      .amount("funds", fill.funds.raw())
      .text("created_at", iso_time(fill.time))
      .text("side", side_of(order, false))
      .take();
}

std::string digits(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

void add_to(std::string& list, std::string_view item) {
  if (list.size() > 1) list.append(",");
  list.append(item);
}

}  // namespace

std::string iso_time(eb_ts time) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{floor<milliseconds>(nanoseconds(time))};
  const sys_days day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  return digits(static_cast<int>(date.year()), 4) + "-" +
         digits(static_cast<unsigned>(date.month()), 2) + "-" +
         digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(clock.hours().count(), 2) +
         ":" + digits(clock.minutes().count(), 2) + ":" + digits(clock.seconds().count(), 2) + "." +
         digits(clock.subseconds().count(), 3) + "+00:00";
}

std::string order_json(const eb::DecimalMath& math, const Order& order, bool with_fills) {
  JsonText json(math);
  json.text("market", order.market).text("uuid", order.uuid).text("side", side_of(order, false));
  json.text("ord_type", type_of(order));
  if (eb_dec_sign(price_of(order)) > 0) json.amount("price", price_of(order));
  json.text("state", state_of(order, nullptr)).text("created_at", iso_time(order.created_at));
  if (!order.by_amount()) {
    json.amount("volume", order.volume.raw());
    json.amount("remaining_volume", (order.volume - order.executed_volume).raw());
  }
  json.amount("executed_volume", order.executed_volume.raw());
  json.amount("reserved_fee", order.reserved_fee.raw());
  json.amount("remaining_fee", remaining_fee(order));
  json.amount("paid_fee", order.paid_fee.raw()).amount("locked", order.held);
  json.integer("trades_count", static_cast<std::int64_t>(order.fills.size()));
  if (order.time_in_force != EB_TIF_NONE) json.text("time_in_force", time_in_force_of(order));
  if (!order.self_match.empty()) json.text("smp_type", order.self_match);
  if (!order.identifier.empty()) json.text("identifier", order.identifier);
  if (with_fills) {
    std::string fills = "[";
    for (const Fill& fill : order.fills) add_to(fills, fill_json(math, order, fill));
    json.value("trades", fills.append("]"));
  }
  return json.take();
}

std::string accounts_json(const eb::DecimalMath& math, const Account& account) {
  std::string list = "[";
  for (const auto& [currency, balance] : account.all()) {
    add_to(list, JsonText(math)
                     .text("currency", currency)
                     .amount("balance", balance.free)
                     .amount("locked", balance.locked)
                     .text("avg_buy_price", "0")
                     .text("unit_currency", "KRW")
                     .take());
  }
  return list.append("]");
}

std::string chance_json(const eb::DecimalMath& math, const Rules& rules, std::string_view market) {
  const std::string minimum =
      JsonText(math).text("currency", "KRW").amount("min_total", rules.min_total.raw()).take();
  const std::string about = JsonText(math)
                                .text("id", market)
                                .value("bid", minimum)
                                .value("ask", minimum)
                                .text("max_total", kMaxTotal)
                                .text("state", "active")
                                .take();
  return JsonText(math)
      .amount("bid_fee", rules.fee_rate)
      .amount("ask_fee", rules.fee_rate)
      .value("market", about)
      .take();
}

std::string error_json(std::string_view name) {
  std::string json = R"({"error":{"name":")";
  json.append(name).append(R"(","message":"exchange-paper"}})");
  return json;
}

void FrameWriter::order(const Order& order, const Fill* fill, eb_ts now) {
  JsonText json(math_);
  json.text("type", "myOrder").text("code", order.market).text("uuid", order.uuid);
  json.text("ask_bid", side_of(order, true)).text("order_type", type_of(order));
  json.text("state", state_of(order, fill));
  if (fill != nullptr) {
    json.text("trade_uuid", fill->uuid);
    json.number("price", fill->price.raw()).number("volume", fill->volume.raw());
    json.number("trade_fee", fill->fee.raw()).flag("is_maker", fill->maker);
    json.integer("trade_timestamp", fill->time / kPerMillisecond);
  } else {
    if (eb_dec_sign(price_of(order)) > 0) json.number("price", price_of(order));
    if (!order.by_amount()) json.number("volume", order.volume.raw());
  }
  if (!order.by_amount()) {
    json.number("remaining_volume", (order.volume - order.executed_volume).raw());
  }
  json.number("executed_volume", order.executed_volume.raw());
  json.integer("trades_count", static_cast<std::int64_t>(order.fills.size()));
  json.number("reserved_fee", order.reserved_fee.raw());
  json.number("remaining_fee", remaining_fee(order)).number("paid_fee", order.paid_fee.raw());
  json.number("locked", order.held).number("executed_funds", order.executed_funds.raw());
  if (order.time_in_force != EB_TIF_NONE) json.text("time_in_force", time_in_force_of(order));
  if (!order.identifier.empty()) json.text("identifier", order.identifier);
  json.integer("order_timestamp", order.created_at / kPerMillisecond);
  json.integer("timestamp", now / kPerMillisecond);
  frames_.push_back(json.take());
}

void FrameWriter::assets(const Account& account, const std::vector<std::string>& currencies,
                         eb_ts now) {
  std::string list = "[";
  for (const std::string& currency : currencies) {
    const Balance balance = account.of(currency);
    add_to(list, JsonText(math_)
                     .text("currency", currency)
                     .number("balance", balance.free)
                     .number("locked", balance.locked)
                     .take());
  }
  frames_.push_back(JsonText(math_)
                        .text("type", "myAsset")
                        .value("assets", list.append("]"))
                        .integer("asset_timestamp", now / kPerMillisecond)
                        .integer("timestamp", now / kPerMillisecond)
                        .take());
}

}  // namespace everbit::exchange_paper
