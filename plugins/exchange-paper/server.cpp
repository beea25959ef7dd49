#include "exchange-paper/server.h"

#include <algorithm>
#include <array>
#include <vector>

#include "exchange-paper/messages.h"
#include "exchange-upbit/json.h"
#include "exchange-upbit/text.h"
#include "exchange-upbit/ticks.h"
#include "exchange-upbit/values.h"

namespace everbit::exchange_paper {
namespace {

namespace upbit = exchange_upbit;

constexpr int kVolumePlaces = 8;
constexpr std::int64_t kOpenPage = 100;
constexpr std::int64_t kClosedPage = 100;  // unless it is asked for more

[[noreturn]] void refuse(const char* what) {
  throw eb::Failure(EB_ERR_ARGUMENT, std::string("not a request of this codec: ") + what);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  refuse("a broken escape");
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) refuse("a broken escape");
    out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
    i += 2;
  }
  return out;
}

struct Word {
  std::string_view text;
  std::int32_t number;
};

template <std::size_t N>
std::int32_t number_of(const std::array<Word, N>& words, std::string_view text) {
  for (const Word& word : words) {
    if (word.text == text) return word.number;
  }
  refuse("an unknown word");
}

constexpr std::array kSides{Word{"bid", EB_SIDE_BUY}, Word{"ask", EB_SIDE_SELL}};
constexpr std::array kTypes{Word{"limit", EB_ORDER_TYPE_LIMIT}, Word{"price", EB_ORDER_TYPE_PRICE},
                            Word{"market", EB_ORDER_TYPE_MARKET}, Word{"best", EB_ORDER_TYPE_BEST}};
constexpr std::array kTimesInForce{Word{"", EB_TIF_NONE}, Word{"ioc", EB_TIF_IOC},
                                   Word{"fok", EB_TIF_FOK}, Word{"post_only", EB_TIF_POST_ONLY}};

}  // namespace

// The part of the target behind the question mark.
class Server::Query {
 public:
  explicit Query(std::string_view text) {
    while (!text.empty()) {
      const std::string_view part = text.substr(0, text.find('&'));
      text.remove_prefix(std::min(text.size(), part.size() + 1));
      const std::size_t equals = part.find('=');
      if (equals == std::string_view::npos) refuse("a query without a value");
      fields_.emplace_back(unescaped(part.substr(0, equals)), unescaped(part.substr(equals + 1)));
    }
  }

  // Empty if it is not given.
  std::string_view get(std::string_view key) const {
    for (const auto& [name, value] : fields_) {
      if (name == key) return value;
    }
    return {};
  }
  std::int64_t number(std::string_view key, std::int64_t otherwise) const {
    std::int64_t value = otherwise;
    if (!get(key).empty() && !upbit::parse_whole(get(key), 1'000'000, value)) refuse("a number");
    return value;
  }
  eb_ts time(std::string_view key, eb_ts otherwise) const {
    if (get(key).empty()) return otherwise;
    const std::string token = std::string("\"").append(get(key)).append("\"");
    eb_ts value = 0;
    if (!upbit::zoned_time({token, true, false}, value)) refuse("a time");
    return value;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

Order Server::read_order(std::string_view body, upbit::Scratch& scratch) const {
  enum { kMarket, kSide, kType, kVolume, kPrice, kTimeInForce, kSelfMatch, kIdentifier, kFields };
  constexpr std::array<upbit::FieldSpec, kFields> kSpecs{{{"market"},
                                                          {"side"},
                                                          {"ord_type"},
                                                          {"volume"},
                                                          {"price"},
                                                          {"time_in_force"},
                                                          {"smp_type"},
                                                          {"identifier"}}};
  std::array<upbit::Token, kFields> t{};
  upbit::json::document document;
  upbit::json::object object;
  if (scratch.parser.iterate(scratch.copy(body)).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS ||
      !upbit::read_fields(object, kSpecs, t)) {
    refuse("the body");
  }
  std::array<std::string_view, kFields> values{};
  for (std::size_t i = 0; i < kFields; ++i) {
    if (!t[i].absent() && !upbit::word(t[i], values[i])) refuse("a value");
  }
  Order order;
  order.market = values[kMarket];
  order.identifier = values[kIdentifier];
  order.self_match = values[kSelfMatch];
  order.side = number_of(kSides, values[kSide]);
  order.type = number_of(kTypes, values[kType]);
  order.time_in_force = number_of(kTimesInForce, values[kTimeInForce]);
  const auto decimal = [&](std::string_view text) {
    return text.empty() ? eb_dec{0, 0} : math_.parse(text);
  };
  order.volume = eb::Quantity(decimal(values[kVolume]));
  if (order.type == EB_ORDER_TYPE_LIMIT) {
    order.limit = eb::Price(decimal(values[kPrice]));
  } else {
    order.amount = eb::Money(decimal(values[kPrice]));
  }
  return order;
}

void Server::check_grid(const Order& order) const {
  eb_dec rounded = order.limit.raw();
  const eb_str market = upbit::borrow(order.market);
  const bool on_grid =
      !order.limit.is_positive() ||
      (upbit::round_price(decimal_, market, order.side, order.limit.raw(), &rounded) == EB_OK &&
       eb_dec_compare(rounded, order.limit.raw()) == 0);
  if (!on_grid) throw Refusal{400, order.buys() ? "invalid_price_bid" : "invalid_price_ask"};
  if (math_.cut(order.volume, kVolumePlaces) != order.volume) {
    throw Refusal{400, order.buys() ? "invalid_volume_bid" : "invalid_volume_ask"};
  }
}

std::string Server::one(const Query& query) const {
  const Order* const order = exchange_.find(query.get("uuid"), query.get("identifier"));
  if (order == nullptr) throw Refusal{404, "order_not_found"};
  return order_json(math_, *order, true);
}

// The newest first, as Upbit lists them.
std::string Server::open_orders(const Query& query) const {
  const std::int64_t limit = query.number("limit", kOpenPage);
  std::int64_t skip = (query.number("page", 1) - 1) * limit;
  std::int64_t left = limit;
  std::string list = "[";
  const auto& orders = exchange_.records().orders;
  for (auto at = orders.rbegin(); at != orders.rend() && left > 0; ++at) {
    const bool wanted = query.get("market").empty() || at->market == query.get("market");
    if (!at->open() || !wanted || skip-- > 0) continue;
    list.append(list.size() > 1 ? "," : "").append(order_json(math_, *at, false));
    --left;
  }
  return list.append("]");
}

std::string Server::closed_orders(const Query& query) const {
  const eb_ts from = query.time("start_time", 0);
  const eb_ts to = query.time("end_time", INT64_MAX);
  std::int64_t left = query.number("limit", kClosedPage);
  std::string list = "[";
  const auto& orders = exchange_.records().orders;
  for (auto at = orders.rbegin(); at != orders.rend() && left > 0; ++at) {
    const bool wanted = query.get("market").empty() || at->market == query.get("market");
    if (at->open() || !wanted || at->created_at < from || at->created_at > to) continue;
    list.append(list.size() > 1 ? "," : "").append(order_json(math_, *at, false));
    --left;
  }
  return list.append("]");
}

Answer Server::serve(const Request& request, upbit::Scratch& scratch, Listener& listener) {
  const std::size_t mark = request.target.find('?');
  const std::string_view path = request.target.substr(0, mark);
  const Query query(mark == std::string_view::npos ? "" : request.target.substr(mark + 1));
  const auto is = [&](std::string_view method, std::string_view where) {
    return request.method == method && path == where;
  };
  Answer answer;
  try {
    if (is("GET", "/v1/accounts")) {
      answer.body = accounts_json(math_, exchange_.records().account);
    } else if (is("GET", "/v1/orders/chance")) {
      answer.body = chance_json(math_, exchange_.rules(), query.get("market"));
    } else if (is("POST", "/v1/orders")) {
      answer.group = "order";
      const Order draft = read_order(request.body, scratch);
      check_grid(draft);
      answer.body = order_json(math_, exchange_.create(draft, request.now, listener), false);
      answer.status = 201;
    } else if (is("POST", "/v1/orders/test")) {
      answer.group = "order-test";
      Order draft = read_order(request.body, scratch);
      check_grid(draft);
      exchange_.check(draft);
      draft.uuid = "00000000-0000-8000-8000-000000000000";
      draft.created_at = request.now;
      answer.body = order_json(math_, draft, false);
      answer.status = 201;
    } else if (is("GET", "/v1/order")) {
      answer.body = one(query);
    } else if (is("GET", "/v1/orders/open")) {
      answer.body = open_orders(query);
    } else if (is("GET", "/v1/orders/closed")) {
      answer.body = closed_orders(query);
    } else if (is("DELETE", "/v1/order")) {
      const Order& order =
          exchange_.cancel(query.get("uuid"), query.get("identifier"), request.now, listener);
      answer.body = order_json(math_, order, false);
    } else if (is("GET", "/v1/api_keys")) {
      answer.body = R"([{"access_key":"paper","expire_at":"2099-12-31T00:00:00+00:00"}])";
    } else if (is("POST", "/v1/withdraws/coin")) {
      throw Refusal{401, "out_of_scope"};
    } else {
      refuse("the path");
    }
  } catch (const Refusal& refusal) {
    answer.status = refusal.status;
    answer.body = error_json(refusal.name);
  }
  return answer;
}

}  // namespace everbit::exchange_paper
