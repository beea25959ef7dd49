#include "upbit-sim/rest/trading.h"

#include <algorithm>

#include "upbit-sim/base/text.h"

namespace everbit::upbit_sim {
namespace {

constexpr Millis kWeek = 7 * kDay;

// A body field's text: strings as they are, numbers as they were spelt, null as absent.
std::optional<std::string> field(const Json& body, std::string_view name) {
  const Json* value = body.find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_bool()) return value->boolean() ? "true" : "false";
  return value->text();
}

OrderRequest order_request(const Json& body, const std::string& prefix) {
  OrderRequest request;
  request.market = field(body, "market");
  request.side = field(body, "side");
  request.ord_type = field(body, prefix + "ord_type");
  request.volume = field(body, prefix + "volume");
  request.price = field(body, prefix + "price");
  request.time_in_force = field(body, prefix + "time_in_force");
  request.smp_type = field(body, prefix + "smp_type");
  request.identifier = field(body, prefix + "identifier");
  return request;
}

HttpResponse order_response(int status, const Order& order, const Spelling& spelling,
                            bool with_trades = false) {
  JsonWriter out(spelling.numbers);
  write_order(out, order, spelling, with_trades);
  return json_response(status, out.take());
}

HttpResponse answer_created(const Exchange::Result& result, const Spelling& spelling) {
  if (const auto* error = std::get_if<ApiError>(&result)) return exchange_error(*error);
  return order_response(201, std::get<Order>(result), spelling);
}

// A number in [low, high], the fallback when absent, nullopt when it is neither.
std::optional<std::int64_t> bounded(const Params& params, std::string_view name,
                                    std::int64_t fallback, std::int64_t low, std::int64_t high) {
  const auto text = params.get(name);
  if (!text) return fallback;
  const auto value = parse_integer(*text);
  if (!value || *value < low || *value > high) return std::nullopt;
  return value;
}

// The states a list call asks for by `state` or `states[]`; nullopt when they are not allowed.
std::optional<std::vector<std::string>> states_of(const Params& params,
                                                  const std::vector<std::string>& allowed,
                                                  std::vector<std::string> fallback) {
  const auto one = params.get("state");
  auto many = params.all("states[]");
  if (one && !many.empty()) return std::nullopt;
  if (one) many = {*one};
  if (many.empty()) return fallback;
  for (const std::string& state : many) {
    if (std::find(allowed.begin(), allowed.end(), state) == allowed.end()) return std::nullopt;
  }
  return many;
}

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::optional<Millis> time_of(const std::string& text) {
  if (const auto epoch = parse_integer(text)) return epoch;
  return parse_iso(text);
}

void write_batch(JsonWriter& out, std::string_view name, const std::vector<const Order*>& orders) {
  out.key(name).open_object().integer("count", static_cast<std::int64_t>(orders.size()));
  out.key("orders").open_array();
  for (const Order* order : orders) {
    out.open_object().text("uuid", order->uuid).text("market", order->market);
    if (order->identifier) out.text("identifier", *order->identifier);
    out.close_object();
  }
  out.close_array().close_object();
}

void write_order_types(JsonWriter& out, std::string_view name, const char* market_type) {
  out.key(name).open_array();
  for (const char* type : {"best_fok", "best_ioc", "limit", "limit_fok", "limit_ioc"}) {
    out.string(type);
  }
  out.string(market_type).close_array();
}

}  // namespace

HttpResponse Trading::accounts(const Call& call) {
  JsonWriter out;
  out.open_array();
  for (const auto& [currency, balance] : call.account.balances()) {
    write_balance(out, currency, balance);
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Trading::chance(const Call& call) {
  const auto code = call.params.get("market");
  if (!code) return exchange_error(invalid_parameter());
  const Market* market = markets_.find(*code);
  if (market == nullptr) {
    return exchange_error({400, "notfoundmarket", "다음 마켓에 없는 종목입니다: " + *code});
  }
  const Rules& rules = exchange_.rules();
  const std::string min_total = rules.min_total(market->quote()).to_string();
  JsonWriter out;
  out.open_object();
  for (const char* name : {"bid_fee", "ask_fee", "maker_bid_fee", "maker_ask_fee"}) {
    out.decimal_text(name, rules.fee_rate);
  }
  out.key("market").open_object();
  out.text("id", *code).text("name", market->base() + '/' + market->quote());
  out.key("order_types").open_array().string("limit").close_array();
  out.key("order_sides").open_array().string("ask").string("bid").close_array();
  write_order_types(out, "bid_types", "price");
  write_order_types(out, "ask_types", "market");
  out.key("bid").open_object().text("currency", market->quote()).text("min_total", min_total);
  out.close_object();
  out.key("ask").open_object().text("currency", market->base()).text("min_total", min_total);
  out.close_object();
  out.decimal_text("max_total", rules.max_total(market->quote()));
  out.text("state", market->online() ? "active" : "offline").close_object();
  out.key("bid_account");
  write_balance(out, market->quote(), call.account.balance(market->quote()));
  out.key("ask_account");
  write_balance(out, market->base(), call.account.balance(market->base()));
  return json_response(200, out.close_object().take());
}

HttpResponse Trading::create(const Call& call) {
  if (!call.body.is_object()) return exchange_error(validation_error("body is missing"));
  return answer_created(exchange_.create(call.account, order_request(call.body, "")),
                        call.spelling);
}

HttpResponse Trading::test(const Call& call) {
  if (!call.body.is_object()) return exchange_error(validation_error("body is missing"));
  return answer_created(exchange_.test(call.account, order_request(call.body, "")), call.spelling);
}

bool Trading::is_hidden(const Order& order) const {
  return clock_.now() - order.created_at / 1000 < exchange_.rules().hidden_for;
}

// uuid wins over identifier; another account's order is not found.
Order* Trading::find_order(const Call& call, std::optional<std::string> uuid,
                           std::optional<std::string> identifier) {
  Order* order =
      uuid ? exchange_.find(*uuid) : exchange_.find_by_identifier(call.account.name(), *identifier);
  if (order == nullptr || order->account != call.account.name() || is_hidden(*order))
    return nullptr;
  return order;
}

HttpResponse Trading::order(const Call& call) {
  const auto uuid = call.params.get("uuid");
  const auto identifier = call.params.get("identifier");
  if (!uuid && !identifier) return exchange_error(invalid_parameter());
  const Order* order = find_order(call, uuid, identifier);
  if (order == nullptr) return exchange_error(order_not_found());
  return order_response(200, *order, call.spelling, true);
}

std::variant<std::vector<Order*>, ApiError> Trading::named_orders(const Call& call,
                                                                  std::size_t most) {
  const auto uuids = call.params.all("uuids[]");
  const auto identifiers = call.params.all("identifiers[]");
  if (uuids.empty() == identifiers.empty() || uuids.size() + identifiers.size() > most) {
    return invalid_parameter();
  }
  std::vector<Order*> orders;
  for (const auto& uuid : uuids) orders.push_back(find_order(call, uuid, std::nullopt));
  for (const auto& id : identifiers) orders.push_back(find_order(call, std::nullopt, id));
  std::erase(orders, nullptr);
  return orders;
}

HttpResponse Trading::list_response(const Call& call, std::vector<Order*> orders, std::size_t skip,
                                    std::size_t limit) const {
  const std::string order_by = call.params.get("order_by").value_or("desc");
  if (order_by != "asc" && order_by != "desc") return exchange_error(invalid_parameter());
  std::sort(orders.begin(), orders.end(), [&order_by](const Order* a, const Order* b) {
    return order_by == "asc" ? a->number < b->number : a->number > b->number;
  });
  JsonWriter out(call.spelling.numbers);
  out.open_array();
  for (std::size_t i = skip; i < std::min(orders.size(), skip + limit); ++i) {
    write_order(out, *orders[i], call.spelling, false);
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Trading::orders_by_ids(const Call& call) {
  const auto named = named_orders(call, 100);
  if (const auto* error = std::get_if<ApiError>(&named)) return exchange_error(*error);
  auto orders = std::get<std::vector<Order*>>(named);
  if (const auto market = call.params.get("market")) {
    std::erase_if(orders, [&market](const Order* order) { return order->market != *market; });
  }
  return list_response(call, std::move(orders), 0, 100);
}

HttpResponse Trading::open_orders(const Call& call) {
  const auto states = states_of(call.params, {"wait", "watch"}, {"wait"});
  const auto page = bounded(call.params, "page", 1, 1, 1'000'000);
  const auto limit = bounded(call.params, "limit", 100, 1, 100);
  if (!states || !page || !limit) return exchange_error(invalid_parameter());
  const auto market = call.params.get("market");
  std::vector<Order*> orders;
  for (const auto& order : exchange_.orders()) {
    if (order->account == call.account.name() && order->open() && contains(*states, "wait") &&
        (!market || order->market == *market) && !is_hidden(*order)) {
      orders.push_back(order.get());
    }
  }
  const auto size = static_cast<std::size_t>(*limit);
  return list_response(call, std::move(orders), static_cast<std::size_t>(*page - 1) * size, size);
}

HttpResponse Trading::closed_orders(const Call& call) {
  const auto states = states_of(call.params, {"done", "cancel"}, {"done", "cancel"});
  const auto limit = bounded(call.params, "limit", 100, 1, 1000);
  if (!states || !limit) return exchange_error(invalid_parameter());
  const auto start_text = call.params.get("start_time");
  const auto end_text = call.params.get("end_time");
  const auto start_given = time_of(start_text.value_or("0"));
  const auto end_given = time_of(end_text.value_or("0"));
  if (!start_given || !end_given) return exchange_error(invalid_parameter());
  Millis end = end_text ? *end_given : clock_.now() + 1;
  Millis start = start_text ? *start_given : end - kWeek;
  if (start_text && !end_text) end = start + kWeek;
  if (end - start > kWeek || start > end) return exchange_error(invalid_parameter());

  const auto market = call.params.get("market");
  std::vector<Order*> orders;
  for (const auto& order : exchange_.orders()) {
    const Millis created = order->created_at / 1000;
    if (order->account == call.account.name() && !order->open() && created >= start &&
        created <= end && contains(*states, to_text(order->state)) &&
        (!market || order->market == *market) && !is_hidden(*order)) {
      orders.push_back(order.get());
    }
  }
  return list_response(call, std::move(orders), 0, static_cast<std::size_t>(*limit));
}

HttpResponse Trading::cancel(const Call& call) {
  const auto uuid = call.params.get("uuid");
  const auto identifier = call.params.get("identifier");
  if (!uuid && !identifier) return exchange_error({400, "bad_request", "잘못된 요청"});
  Order* order = find_order(call, uuid, identifier);
  if (order == nullptr) return exchange_error(order_not_found());
  const auto result = exchange_.cancel(*order);
  if (const auto* error = std::get_if<ApiError>(&result)) return exchange_error(*error);
  return order_response(200, std::get<Order>(result), call.spelling);
}

HttpResponse Trading::cancel_all(const std::vector<Order*>& orders) {
  std::vector<const Order*> canceled;
  std::vector<const Order*> failed;
  for (Order* order : orders) {
    const auto result = exchange_.cancel(*order);
    (std::holds_alternative<Order>(result) ? canceled : failed).push_back(order);
  }
  JsonWriter out;
  out.open_object();
  write_batch(out, "success", canceled);
  write_batch(out, "failed", failed);
  return json_response(200, out.close_object().take());
}

HttpResponse Trading::cancel_by_ids(const Call& call) {
  const auto named = named_orders(call, 20);
  if (std::holds_alternative<ApiError>(named)) {
    return exchange_error({400, "bad_request", "잘못된 요청"});
  }
  return cancel_all(std::get<std::vector<Order*>>(named));
}

HttpResponse Trading::cancel_open(const Call& call) {
  const std::string side = call.params.get("cancel_side").value_or("all");
  const auto pairs = call.params.list("pairs");
  const auto quotes = call.params.list("quote_currencies");
  const auto excluded = call.params.list("excluded_pairs");
  const auto count = bounded(call.params, "count", 20, 1, 300);
  const std::string order_by = call.params.get("order_by").value_or("desc");
  const bool side_known = side == "all" || side == "ask" || side == "bid";
  if (!side_known || !count || (!pairs.empty() && !quotes.empty()) || pairs.size() > 20 ||
      excluded.size() > 20 || (order_by != "asc" && order_by != "desc")) {
    return exchange_error(invalid_parameter());
  }
  std::vector<Order*> orders;
  for (const auto& order : exchange_.orders()) {
    const std::string quote = order->market.substr(0, order->market.find('-'));
    if (order->account == call.account.name() && order->open() &&
        (side == "all" || side == to_text(order->side)) &&
        (pairs.empty() || contains(pairs, order->market)) &&
        (quotes.empty() || contains(quotes, quote)) && !contains(excluded, order->market)) {
      orders.push_back(order.get());
    }
  }
  if (order_by == "desc") std::reverse(orders.begin(), orders.end());
  orders.resize(std::min(orders.size(), static_cast<std::size_t>(*count)));
  return cancel_all(orders);
}

HttpResponse Trading::cancel_and_new(const Call& call) {
  const auto uuid = field(call.body, "prev_order_uuid");
  const auto identifier = field(call.body, "prev_order_identifier");
  if (!uuid && !identifier) return exchange_error(validation_error("prev_order_uuid is missing"));
  Order* previous = find_order(call, uuid, identifier);
  if (previous == nullptr) return exchange_error(order_not_found());
  ReplaceRequest request{order_request(call.body, "new_"), false};
  if (request.order.volume == "remain_only") {
    request.order.volume.reset();
    request.remain_only = true;
  }
  const auto new_identifier = request.order.identifier;
  const auto result = exchange_.replace(call.account, *previous, std::move(request));
  if (const auto* error = std::get_if<ApiError>(&result)) return exchange_error(*error);
  const auto& replaced = std::get<Exchange::Replaced>(result);
  JsonWriter order_out(call.spelling.numbers);
  write_order(order_out, replaced.previous, call.spelling, false);
  std::string body = order_out.take();
  body.pop_back();
  JsonWriter extra;
  extra.open_object().text("new_order_uuid", replaced.new_uuid);
  if (new_identifier) extra.text("new_order_identifier", *new_identifier);
  return json_response(201, body + ',' + extra.close_object().take().substr(1));
}

HttpResponse Trading::api_keys(const Call& call) {
  JsonWriter out;
  out.open_array();
  for (const ApiKey* key : keys_.of_account(call.account.name())) {
    out.open_object().text("access_key", key->access_key);
    out.text("expire_at", format_kst_offset(key->expire_at)).close_object();
  }
  return json_response(200, out.close_array().take());
}

HttpResponse Trading::wallet_status(const Call&) {
  JsonWriter out;
  out.open_array();
  for (const auto& market : markets_.all()) {
    out.open_object().text("currency", market->base()).text("wallet_state", "working");
    out.text("block_state", "normal").null("block_height").null("block_updated_at");
    out.null("block_elapsed_minutes").text("net_type", market->base());
    out.text("network_name", market->english_name()).close_object();
  }
  return json_response(200, out.close_array().take());
}

// Exists to answer by scope: nothing is ever withdrawn.
HttpResponse Trading::withdraw_coin(const Call&) {
  return exchange_error(
      validation_error("currency is missing, currency does not have a valid value"));
}

}  // namespace everbit::upbit_sim
