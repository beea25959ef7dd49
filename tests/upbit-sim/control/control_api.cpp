#include "upbit-sim/control/control_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "upbit-sim/base/text.h"
#include "upbit-sim/control/ledger.h"

namespace everbit::upbit_sim {
namespace {

HttpResponse refuse(int status, std::string_view why) {
  JsonWriter out;
  return json_response(status, out.open_object().text("error", why).close_object().take());
}

HttpResponse done() { return json_response(200, R"({"ok":true})"); }

HttpResponse counted(std::size_t sockets) {
  JsonWriter out;
  out.open_object().integer("sockets", static_cast<std::int64_t>(sockets));
  return json_response(200, out.close_object().take());
}

std::optional<StreamHub::Which> which_of(const Json& body) {
  const std::string which = body.string_at("which").value_or("all");
  if (which == "public") return StreamHub::Which::kPublic;
  if (which == "private") return StreamHub::Which::kPrivate;
  if (which == "all") return StreamHub::Which::kAll;
  return std::nullopt;
}

std::optional<std::vector<Level>> levels_of(const Json& body, std::string_view name) {
  const Json* side = body.find(name);
  if (side == nullptr) return std::vector<Level>{};
  std::vector<Level> levels;
  for (const Json& item : side->items()) {
    if (!item.is_array() || item.items().size() != 2) return std::nullopt;
    const auto price = Decimal::parse(item.items()[0].text());
    const auto size = Decimal::parse(item.items()[1].text());
    if (!price || !size || !price->is_positive() || !size->is_positive()) return std::nullopt;
    levels.push_back({*price, *size});
  }
  return levels;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    escaped += '%';
    escaped += text.substr(i, 2);
  }
  if (text.size() % 2 != 0) return std::nullopt;
  return percent_decode(escaped);
}

}  // namespace

std::variant<ApiKey, std::string> read_key(const Json& body, Millis now) {
  ApiKey key;
  key.access_key = body.string_at("access_key").value_or("");
  key.secret_key = body.string_at("secret_key").value_or("");
  key.account = body.string_at("account").value_or("main");
  if (key.access_key.empty() || key.secret_key.empty()) {
    return "a key needs access_key and secret_key";
  }
  if (const Json* scopes = body.find("scopes"); scopes != nullptr) {
    key.scopes.clear();
    for (const Json& item : scopes->items()) {
      const auto scope = parse_scope(item.text());
      if (!scope) return "unknown scope '" + item.text() + "'";
      key.scopes.insert(*scope);
    }
  }
  if (const Json* ips = body.find("allowed_ips"); ips != nullptr) {
    for (const Json& item : ips->items()) key.allowed_ips.push_back(item.text());
  }
  key.expire_at = now + 365 * kDay;
  if (const auto text = body.string_at("expire_at")) {
    const auto time = parse_iso(*text);
    if (!time) return "expire_at is not an ISO time";
    key.expire_at = *time;
  }
  return key;
}

const std::vector<ControlApi::Route>& ControlApi::routes() {
  using C = ControlApi;
  static const std::vector<Route> all{{"GET", "/health", &C::health},
                                      {"GET", "/state", &C::state},
                                      {"GET", "/ledger", &C::ledger},
                                      {"GET", "/faults", &C::list_faults},
                                      {"POST", "/faults", &C::add_fault},
                                      {"DELETE", "/faults", &C::clear_faults},
                                      {"DELETE", "/faults/*", &C::remove_fault},
                                      {"POST", "/ws/reset", &C::reset_sockets},
                                      {"POST", "/ws/close", &C::close_sockets},
                                      {"POST", "/ws/mute", &C::mute_sockets},
                                      {"POST", "/ws/send", &C::send_to_sockets},
                                      {"POST", "/trades/*", &C::push_trades},
                                      {"POST", "/price/*", &C::set_price},
                                      {"POST", "/book/*", &C::set_book},
                                      {"POST", "/market/*", &C::set_market},
                                      {"POST", "/balance/*", &C::set_balance},
                                      {"POST", "/keys", &C::put_key},
                                      {"DELETE", "/keys/*", &C::remove_key},
                                      {"POST", "/clock", &C::set_clock},
                                      {"POST", "/settings", &C::change_settings},
                                      {"POST", "/block", &C::set_block},
                                      {"DELETE", "/block", &C::clear_blocks}};
  return all;
}

HttpResponse ControlApi::handle(const HttpRequest& request) {
  Json body;
  if (!request.body.empty()) {
    std::string problem;
    auto parsed = Json::parse(request.body, &problem);
    if (!parsed || !parsed->is_object())
      return refuse(400, "the body is no JSON object: " + problem);
    body = std::move(*parsed);
  }
  for (const Route& route : routes()) {
    if (route.method != request.method) continue;
    if (route.path == request.path) return (this->*route.handler)("", body);
    const bool open_end = route.path.back() == '*';
    const std::string_view stem = route.path.substr(0, route.path.size() - 1);
    if (open_end && request.path.starts_with(stem) && request.path.size() > stem.size()) {
      return (this->*route.handler)(request.path.substr(stem.size()), body);
    }
  }
  return refuse(404, "no such call: " + request.method + ' ' + request.path);
}

HttpResponse ControlApi::health(const std::string&, const Json&) {
  JsonWriter out;
  out.open_object().boolean("ok", true).text("program", "upbit-sim");
  return json_response(200, out.integer("now", world_.clock.now()).close_object().take());
}

HttpResponse ControlApi::state(const std::string&, const Json&) {
  JsonWriter out;
  out.open_object().integer("now", world_.clock.now()).boolean("clock_held", world_.clock.held());
  out.integer("rest_requests", world_.rest.requests());
  out.integer("refused_by_limit", world_.limiter.refused());
  out.integer("orders", static_cast<std::int64_t>(world_.exchange.orders().size()));
  using Which = StreamHub::Which;
  out.integer("public_sockets", static_cast<std::int64_t>(world_.streams.count(Which::kPublic)));
  out.integer("private_sockets", static_cast<std::int64_t>(world_.streams.count(Which::kPrivate)));
  out.integer("stream_messages", world_.streams.messages_sent());
  out.key("markets").open_array();
  for (const auto& market : world_.markets.all()) {
    out.open_object().text("code", market->code()).boolean("online", market->online());
    out.decimal_text("price", market->last_price()).boolean("pinned", market->makers().pinned());
    out.close_object();
  }
  out.close_array().key("keys").open_array();
  for (const auto& [access, key] : world_.keys.all()) {
    out.open_object().text("access_key", access).text("account", key.account).close_object();
  }
  return json_response(200, out.close_array().close_object().take());
}

HttpResponse ControlApi::ledger(const std::string&, const Json&) {
  return json_response(200, ledger_json(world_.exchange, world_.rest));
}

HttpResponse ControlApi::list_faults(const std::string&, const Json&) {
  JsonWriter out;
  world_.faults.write(out);
  return json_response(200, out.take());
}

HttpResponse ControlApi::add_fault(const std::string&, const Json& body) {
  const auto added = world_.faults.add(body);
  if (const auto* problem = std::get_if<std::string>(&added)) return refuse(400, *problem);
  JsonWriter out;
  out.open_object().integer("id", std::get<std::int64_t>(added));
  return json_response(201, out.close_object().take());
}

HttpResponse ControlApi::clear_faults(const std::string&, const Json&) {
  world_.faults.clear();
  return done();
}

HttpResponse ControlApi::remove_fault(const std::string& name, const Json&) {
  const auto id = parse_integer(name);
  if (!id || !world_.faults.remove(*id)) return refuse(404, "no fault " + name);
  return done();
}

HttpResponse ControlApi::reset_sockets(const std::string&, const Json& body) {
  const auto which = which_of(body);
  if (!which) return refuse(400, "which must be public, private or all");
  return counted(world_.streams.reset(*which));
}

HttpResponse ControlApi::close_sockets(const std::string&, const Json& body) {
  const auto which = which_of(body);
  if (!which) return refuse(400, "which must be public, private or all");
  const auto code = body.integer_at("code").value_or(1001);
  return counted(world_.streams.close(*which, static_cast<unsigned short>(code)));
}

HttpResponse ControlApi::mute_sockets(const std::string&, const Json& body) {
  const auto which = which_of(body);
  if (!which) return refuse(400, "which must be public, private or all");
  return counted(world_.streams.mute(*which));
}

HttpResponse ControlApi::send_to_sockets(const std::string&, const Json& body) {
  const auto which = which_of(body);
  if (!which) return refuse(400, "which must be public, private or all");
  if (const auto hex = body.string_at("raw_hex")) {
    const auto bytes = from_hex(*hex);
    if (!bytes) return refuse(400, "raw_hex is not hexadecimal");
    return counted(world_.streams.send_raw(*which, *bytes));
  }
  const auto text = body.string_at("text");
  if (!text) return refuse(400, "text or raw_hex is missing");
  return counted(world_.streams.send(*which, *text, body.bool_at("binary").value_or(true)));
}

HttpResponse ControlApi::push_trades(const std::string& code, const Json& body) {
  Market* market = world_.markets.find(code);
  if (market == nullptr) return refuse(404, "no market " + code);
  const Json* trades = body.find("trades");
  if (trades == nullptr) return refuse(400, "trades is missing");
  std::vector<PublicTrade> checked;
  for (const Json& item : trades->items()) {
    const auto price = item.decimal_at("price");
    const auto volume = item.decimal_at("volume");
    const std::string side = item.string_at("side").value_or("bid");
    if (!price || !volume || !price->is_positive() || !volume->is_positive() ||
        (side != "bid" && side != "ask")) {
      return refuse(400, "a trade is {price, volume, side: bid|ask}, side of the taker");
    }
    checked.push_back({world_.clock.now(), to_e8(*price), to_e8(*volume), side == "bid", 0});
  }
  for (const PublicTrade& trade : checked) world_.exchange.path_trade(*market, trade);
  return done();
}

// A small trade that moves the market there.
HttpResponse ControlApi::set_price(const std::string& code, const Json& body) {
  Market* market = world_.markets.find(code);
  const auto price = body.decimal_at("price");
  if (market == nullptr) return refuse(404, "no market " + code);
  if (!price || !price->is_positive()) return refuse(400, "price must be a positive decimal");
  const Decimal volume = body.decimal_at("volume").value_or(Decimal::of("0.0001"));
  world_.exchange.path_trade(*market, {world_.clock.now(), to_e8(*price), to_e8(volume),
                                       *price >= market->last_price(), 0});
  return done();
}

HttpResponse ControlApi::set_book(const std::string& code, const Json& body) {
  Market* market = world_.markets.find(code);
  if (market == nullptr) return refuse(404, "no market " + code);
  if (body.bool_at("unpin").value_or(false)) {
    market->makers().unpin();
    market->makers().quote_around(market->last_price(), true, world_.clock.now());
  } else {
    auto asks = levels_of(body, "asks");
    auto bids = levels_of(body, "bids");
    if (!asks || !bids) return refuse(400, "a side is [[price, size], …], best first");
    market->makers().pin(std::move(*asks), std::move(*bids));
  }
  world_.exchange.announce_book(*market);
  return done();
}

HttpResponse ControlApi::set_market(const std::string& code, const Json& body) {
  Market* market = world_.markets.find(code);
  if (market == nullptr) return refuse(404, "no market " + code);
  if (const auto online = body.bool_at("online")) market->set_online(*online);
  if (const auto paused = body.bool_at("paused")) world_.markets.set_paused(code, *paused);
  return done();
}

HttpResponse ControlApi::set_balance(const std::string& name, const Json& body) {
  const auto currency = body.string_at("currency");
  const auto balance = body.decimal_at("balance");
  if (!currency || !balance || balance->is_negative()) {
    return refuse(400, "currency and a balance of zero or more are needed");
  }
  Account& account = world_.exchange.add_account(name);
  account.set_balance(*currency, *balance);
  world_.exchange.announce_assets(account, {*currency});
  return done();
}

HttpResponse ControlApi::put_key(const std::string&, const Json& body) {
  auto key = read_key(body, world_.clock.now());
  if (const auto* problem = std::get_if<std::string>(&key)) return refuse(400, *problem);
  world_.exchange.add_account(std::get<ApiKey>(key).account);
  world_.keys.put(std::get<ApiKey>(std::move(key)));
  return done();
}

HttpResponse ControlApi::remove_key(const std::string& access_key, const Json&) {
  if (!world_.keys.remove(access_key)) return refuse(404, "no key " + access_key);
  return done();
}

HttpResponse ControlApi::set_clock(const std::string&, const Json& body) {
  const auto hold = body.bool_at("hold");
  if (hold == true) world_.clock.hold();
  if (hold == false) world_.clock.resume();
  const auto advance = body.integer_at("advance_ms").value_or(0);
  if (advance < 0) return refuse(400, "the clock does not go back");
  world_.clock.advance(advance);
  return health("", body);
}

HttpResponse ControlApi::change_settings(const std::string&, const Json& body) {
  if (const Json* delay = body.find("matching_delay_ms"); delay != nullptr) {
    if (delay->items().size() != 2) return refuse(400, "matching_delay_ms is [low, high]");
    const auto low = parse_integer(delay->items()[0].text());
    const auto high = parse_integer(delay->items()[1].text());
    if (!low || !high || *low < 0 || *high < *low) {
      return refuse(400, "matching_delay_ms is [low, high], 0 <= low <= high");
    }
    world_.exchange.set_matching_delay(*low, *high);
  }
  Rules& rules = world_.exchange.rules();
  if (const auto fee = body.decimal_at("fee_rate")) {
    if (fee->is_negative() || *fee >= Decimal(1) || fee->decimals() > 8) {
      return refuse(400, "fee_rate must be in [0, 1) with at most 8 decimals");
    }
    rules.fee_rate = *fee;
  }
  if (const auto burn = body.string_at("burn_identifiers")) {
    if (*burn != "always" && *burn != "accepted") {
      return refuse(400, "burn_identifiers must be always or accepted");
    }
    rules.burn = *burn == "always" ? BurnPolicy::kAlways : BurnPolicy::kOnlyAccepted;
  }
  if (const auto epoch = body.integer_at("smp_default_epoch_ms")) rules.smp_default_epoch = *epoch;
  if (const auto at = body.integer_at("tick_table_of_ms")) rules.tick_epoch_override = *at;
  if (const auto taken = body.bool_at("old_bodies")) rules.old_bodies = *taken;
  if (const auto hidden = body.integer_at("hide_orders_ms")) rules.hidden_for = *hidden;
  if (const auto enabled = body.bool_at("rate_limits")) world_.limiter.set_enabled(*enabled);
  if (const Json* limits = body.find("limits"); limits != nullptr) {
    for (const auto& [name, value] : limits->members()) {
      const auto group = parse_group(name);
      const auto requests = parse_integer(value.text());
      if (!group || !requests) return refuse(400, "no rate-limit group " + name);
      world_.limiter.set_limit(*group,
                               {static_cast<int>(*requests), world_.limiter.limit(*group).per});
    }
  }
  return done();
}

HttpResponse ControlApi::set_block(const std::string&, const Json& body) {
  const std::string kind = body.string_at("kind").value_or("exchange");
  const auto seconds = body.integer_at("seconds").value_or(60);
  if (kind != "exchange" && kind != "quotation") {
    return refuse(400, "kind must be exchange or quotation");
  }
  world_.limiter.block(kind == "quotation", body.string_at("subject").value_or(""),
                       world_.monotonic() + seconds * kSecond);
  return done();
}

HttpResponse ControlApi::clear_blocks(const std::string&, const Json&) {
  world_.limiter.clear();
  return done();
}

}  // namespace everbit::upbit_sim
