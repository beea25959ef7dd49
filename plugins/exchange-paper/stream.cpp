#include "exchange-paper/stream.h"

#include <array>
#include <string>

#include "exchange-upbit/json.h"
#include "exchange-upbit/market_data.h"
#include "exchange-upbit/text.h"
#include "exchange-upbit/values.h"
#include "exchange-upbit/websocket.h"

namespace everbit::exchange_paper {
namespace {

namespace upbit = exchange_upbit;

constexpr std::size_t kMostLevels = 30;

[[noreturn]] void refuse() { throw eb::Failure(EB_ERR_PARSE, "the frame is broken"); }

// A side that has fewer levels is filled up with zeros.
bool add_level(const upbit::Token& price, const upbit::Token& size, const upbit::Values& values,
               std::vector<Level>& levels) {
  eb_dec price_is{0, 0};
  eb_dec size_is{0, 0};
  if (!values.exact(price, price_is) || !values.exact(size, size_is)) return false;
  if (eb_dec_sign(price_is) > 0 && eb_dec_sign(size_is) > 0) {
    levels.push_back({eb::Price(price_is), eb::Quantity(size_is)});
  }
  return levels.size() <= kMostLevels;
}

bool read_levels(upbit::json::value& value, const upbit::Values& values, Book& book) {
  constexpr std::array<upbit::FieldSpec, 4> kSpecs{
      {{"ask_price", "ap"}, {"bid_price", "bp"}, {"ask_size", "as"}, {"bid_size", "bs"}}};
  return upbit::read_objects(value, [&](upbit::json::object& level) {
    std::array<upbit::Token, 4> t{};
    return upbit::read_fields(level, kSpecs, t) && add_level(t[0], t[2], values, book.asks) &&
           add_level(t[1], t[3], values, book.bids);
  });
}

bool read_book(upbit::json::object& object, const upbit::Values& values, std::string& market,
               Book& book) {
  constexpr std::array<upbit::FieldSpec, 2> kSpecs{
      {{"code", "cd"}, {"orderbook_units", "obu", upbit::FieldKind::kNested}}};
  std::array<upbit::Token, 2> t{};
  eb_str code{};
  const auto read_units = [&](std::size_t, upbit::json::value& value) {
    return read_levels(value, values, book);
  };
  if (!upbit::read_fields(object, kSpecs, t, read_units) || t[1].absent() ||
      !upbit::market_code(t[0], code)) {
    return false;
  }
  market = upbit::view(code);
  return true;
}

MarketTrade trade_of(const eb_trade& trade) {
  return {eb::Price(trade.price), eb::Quantity(trade.volume), trade.taker_side, trade.trade_id,
          trade.exchange_ts};
}

}  // namespace

void observe(std::string_view frame, eb_ts now, const eb_decimal_v1& decimal,
             upbit::Scratch& scratch, Exchange& exchange, Listener& listener) {
  if (frame.size() > upbit::kMaxMessage) refuse();
  scratch.collected.clear();
  const upbit::Values values(&decimal);
  upbit::json::document document;
  upbit::json::object object;
  upbit::Token token;
  std::string_view type;
  if (scratch.parser.iterate(scratch.copy(frame)).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS || !upbit::find_type(object, token)) {
    refuse();
  }
  if (!token.seen || !upbit::word(token, type)) return;
  if (type == "orderbook") {
    std::string market;
    Book book;
    if (!read_book(object, values, market, book) || !upbit::at_end(document)) refuse();
    exchange.set_book(market, std::move(book));
  } else if (type == "trade") {
    if (!upbit::read_trade(object, values, scratch.collected) || !upbit::at_end(document)) refuse();
    for (const eb_trade& trade : scratch.collected.trades) {
      exchange.trade(upbit::view(trade.market), trade_of(trade), now, listener);
    }
  }
}

}  // namespace everbit::exchange_paper
