#pragma once

#include <string>

#include "upbit-sim/exchange/account.h"
#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/json/writer.h"
#include "upbit-sim/market/market.h"
#include "upbit-sim/net/http.h"

namespace everbit::upbit_sim {

// How an answer is spelt; a fault may choose the rarer forms.
struct Spelling {
  NumberStyle numbers = NumberStyle::kPlain;
  bool explicit_nulls = false;  // REST order objects: "price":null instead of leaving it out
};

HttpResponse json_response(int status, std::string body);
HttpResponse exchange_error(const ApiError& error);                  // name is a string
HttpResponse quotation_error(int status, std::string_view message);  // name is the status

void write_order(JsonWriter& out, const Order& order, const Spelling& spelling, bool with_trades);
void write_balance(JsonWriter& out, const std::string& currency, const Balance& balance);
void write_order_book(JsonWriter& out, const Exchange& exchange, const Market& market, Millis now,
                      const Decimal& level, std::size_t count);

// Levels put together in buckets of `step` (zero: as they are); bids round down, asks up.
std::vector<Level> group_levels(const std::vector<Level>& levels, const Decimal& step, bool asks);
Decimal total_size(const std::vector<Level>& levels);

// Signed change of the last price against the previous day's close, and its words.
struct Change {
  Decimal price;
  Decimal rate;           // 10 decimals
  std::string_view word;  // RISE, EVEN, FALL
};
Change change_between(const Decimal& last, const Decimal& previous);
Decimal magnitude(const Decimal& value);

}  // namespace everbit::upbit_sim
