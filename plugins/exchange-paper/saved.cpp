#include "exchange-paper/saved.h"

namespace everbit::exchange_paper {
namespace {

constexpr std::uint32_t kMostText = 128;
constexpr std::uint32_t kMostCurrencies = 2000;
constexpr std::uint32_t kMostMarkets = 2000;
constexpr std::uint32_t kMostTradeIds = 64;
constexpr std::uint32_t kMostOrders = Exchange::kMostOpen + Exchange::kMostClosed + 1;

void write(eb::StateWriter& out, const Fill& fill) {
  out.text(fill.uuid);
  out.decimal(fill.price.raw());
  out.decimal(fill.volume.raw());
  out.decimal(fill.funds.raw());
  out.decimal(fill.fee.raw());
  out.i64(fill.time);
  out.flag(fill.maker);
}

Fill read_fill(eb::StateReader& in) {
  Fill fill;
  fill.uuid = in.text(kMostText);
  fill.price = eb::Price(in.decimal());
  fill.volume = eb::Quantity(in.decimal());
  fill.funds = eb::Money(in.decimal());
  fill.fee = eb::Money(in.decimal());
  fill.time = in.i64();
  fill.maker = in.flag();
  return fill;
}

void write(eb::StateWriter& out, const Order& order) {
  out.text(order.uuid);
  out.text(order.identifier);
  out.text(order.market);
  out.text(order.self_match);
  for (const std::int32_t word : {order.side, order.type, order.time_in_force, order.state}) {
    out.u32(static_cast<std::uint32_t>(word));
  }
  out.decimal(order.fee_rate);
  out.decimal(order.limit.raw());
  out.decimal(order.amount.raw());
  out.decimal(order.volume.raw());
  out.decimal(order.queue.raw());
  out.decimal(order.executed_volume.raw());
  out.decimal(order.executed_funds.raw());
  out.decimal(order.reserved_fee.raw());
  out.decimal(order.paid_fee.raw());
  out.decimal(order.held);
  out.i64(order.created_at);
  out.i64(order.closed_at);
  out.u32(static_cast<std::uint32_t>(order.fills.size()));
  for (const Fill& fill : order.fills) write(out, fill);
}

std::int32_t read_word(eb::StateReader& in, std::uint32_t least, std::uint32_t most) {
  const std::uint32_t value = in.u32_at_most(most);
  if (value < least) eb::StateReader::refuse("a word below its range");
  return static_cast<std::int32_t>(value);
}

Order read_order(eb::StateReader& in) {
  Order order;
  order.uuid = in.text(kMostText);
  order.identifier = in.text(kMostText);
  order.market = in.text(kMostText);
  order.self_match = in.text(kMostText);
  order.side = read_word(in, EB_SIDE_BUY, EB_SIDE_SELL);
  order.type = read_word(in, EB_ORDER_TYPE_LIMIT, EB_ORDER_TYPE_BEST);
  order.time_in_force = read_word(in, EB_TIF_NONE, EB_TIF_POST_ONLY);
  order.state = read_word(in, EB_ORDER_WAIT, EB_ORDER_CANCEL);
  order.fee_rate = in.decimal();
  order.limit = eb::Price(in.decimal());
  order.amount = eb::Money(in.decimal());
  order.volume = eb::Quantity(in.decimal());
  order.queue = eb::Quantity(in.decimal());
  order.executed_volume = eb::Quantity(in.decimal());
  order.executed_funds = eb::Money(in.decimal());
  order.reserved_fee = eb::Money(in.decimal());
  order.paid_fee = eb::Money(in.decimal());
  order.held = in.decimal();
  order.created_at = in.i64();
  order.closed_at = in.i64();
  const std::uint32_t fills = in.u32_at_most(Exchange::kMostFills + 1000);
  for (std::uint32_t i = 0; i < fills; ++i) order.fills.push_back(read_fill(in));
  return order;
}

}  // namespace

void save(const Records& records, const eb_sink& blob) {
  eb::StateWriter out;
  out.text(records.account_id);
  out.i64(static_cast<std::int64_t>(records.counter));
  out.u32(static_cast<std::uint32_t>(records.account.all().size()));
  for (const auto& [currency, balance] : records.account.all()) {
    out.text(currency);
    out.decimal(balance.free);
    out.decimal(balance.locked);
  }
  out.u32(static_cast<std::uint32_t>(records.orders.size()));
  for (const Order& order : records.orders) write(out, order);
  out.u32(static_cast<std::uint32_t>(records.last_trades.size()));
  for (const auto& [market, last] : records.last_trades) {
    out.text(market);
    out.i64(last.time);
    out.u32(static_cast<std::uint32_t>(last.ids.size()));
    for (const std::int64_t id : last.ids) out.i64(id);
  }
  out.write_to(blob);
}

Records load(std::uint32_t version, const eb_source& blob) {
  if (version != kStateVersion) throw eb::Failure(EB_ERR_SCHEMA, "a state of another version");
  eb::StateReader in(blob);
  Records records;
  records.account_id = in.text(kMostText);
  if (records.account_id.size() != 32) eb::StateReader::refuse("an account without its name");
  records.counter = static_cast<std::uint64_t>(in.i64());
  const std::uint32_t currencies = in.u32_at_most(kMostCurrencies);
  for (std::uint32_t i = 0; i < currencies; ++i) {
    const std::string currency = in.text(kMostText);
    const eb_dec free = in.decimal();
    const eb_dec locked = in.decimal();
    if (eb_dec_sign(free) < 0 || eb_dec_sign(locked) < 0) {
      eb::StateReader::refuse("a balance below zero");
    }
    records.account.set(currency, {free, locked});
  }
  const std::uint32_t orders = in.u32_at_most(kMostOrders);
  for (std::uint32_t i = 0; i < orders; ++i) records.orders.push_back(read_order(in));
  const std::uint32_t markets = in.u32_at_most(kMostMarkets);
  for (std::uint32_t i = 0; i < markets; ++i) {
    const std::string market = in.text(kMostText);
    Records::LastTrade& last = records.last_trades[market];
    last.time = in.i64();
    const std::uint32_t ids = in.u32_at_most(kMostTradeIds);
    for (std::uint32_t n = 0; n < ids; ++n) last.ids.insert(in.i64());
  }
  in.finish();
  return records;
}

}  // namespace everbit::exchange_paper
