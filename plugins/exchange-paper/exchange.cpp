#include "exchange-paper/exchange.h"

#include <algorithm>

#include "exchange-paper/account.h"

namespace everbit::exchange_paper {
namespace {

constexpr Refusal kOffline{403, "market_offline"};
constexpr std::size_t kMostIds = 64;

std::string hex(std::uint64_t value, int digits) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(static_cast<std::size_t>(digits), '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, value >>= 4) *at = kDigits[value & 15];
  return text;
}

// By its uuid, or, without one, by its identifier.
auto is_called(std::string_view uuid, std::string_view identifier) {
  return [=](const Order& order) {
    return uuid.empty() ? order.identifier == identifier : order.uuid == uuid;
  };
}

// Whether an order of that side and limit, 0 for none, may trade at the price.
bool reaches(const Order& order, eb::Price limit, eb::Price price) {
  if (!limit.is_positive()) return true;
  return order.buys() ? price <= limit : price >= limit;
}

// What it would take from, best level first.
std::vector<Level>& opposite(const Order& order, Book& book) {
  return order.buys() ? book.asks : book.bids;
}

}  // namespace

Exchange::Exchange(const eb::DecimalMath& math, Rules rules)
    : math_(math), rules_(std::move(rules)) {
  records_.account_id = rules_.account;
  records_.account.receive("KRW", rules_.start_krw.raw());
}

void Exchange::restore(Records records) {
  records_ = std::move(records);
  books_.clear();
}

// Version 8 of RFC 9562: ours to fill. The counter is at the end, so that the ids of one account
// never meet; the account's own digits are random, so that those of two do not either.
std::string Exchange::next_id() {
  const std::string& account = records_.account_id;
  return account.substr(0, 8) + "-" + account.substr(8, 4) + "-8" + account.substr(12, 3) + "-8" +
         account.substr(15, 3) + "-" + hex(++records_.counter, 12);
}

Order* Exchange::find_order(std::string_view uuid, std::string_view identifier) {
  const auto found =
      std::find_if(records_.orders.rbegin(), records_.orders.rend(), is_called(uuid, identifier));
  return found == records_.orders.rend() ? nullptr : &*found;
}

const Order* Exchange::find(std::string_view uuid, std::string_view identifier) const {
  const auto found =
      std::find_if(records_.orders.rbegin(), records_.orders.rend(), is_called(uuid, identifier));
  return found == records_.orders.rend() ? nullptr : &*found;
}

// What must be locked for it.
eb_dec Exchange::needed(const Order& order) const {
  if (!order.buys()) return order.volume.raw();
  const eb::Money funds = order.by_amount() ? order.amount : math_.value(order.volume, order.limit);
  return (funds + math_.part(funds, order.fee_rate)).raw();
}

void Exchange::check(const Order& draft) const {
  if (!draft.market.starts_with("KRW-")) throw Refusal{404, "notfoundmarket"};
  const auto book = books_.find(draft.market);
  if (book == books_.end()) throw kOffline;
  if (!draft.identifier.empty() && find({}, draft.identifier) != nullptr) {
    throw Refusal{400, "duplicated_identifier"};
  }
  const auto open = std::count_if(records_.orders.begin(), records_.orders.end(),
                                  [](const Order& order) { return order.open(); });
  if (static_cast<std::size_t>(open) >= kMostOpen) throw Refusal{400, "too_many_orders"};

  eb::Money total = draft.amount;
  if (draft.limit.is_positive()) total = math_.value(draft.volume, draft.limit);
  if (!draft.buys() && !draft.limit.is_positive()) {
    if (book->second.bids.empty()) throw kOffline;
    total = math_.value(draft.volume, book->second.bids.front().price);
  }
  if (total < rules_.min_total) {
    throw Refusal{400, draft.buys() ? "under_min_total_bid" : "under_min_total_ask"};
  }
  Order priced = draft;
  priced.fee_rate = rules_.fee_rate;
  const eb_dec free = records_.account.of(draft.held_currency()).free;
  if (eb_dec_compare(free, needed(priced)) < 0) {
    throw Refusal{400, draft.buys() ? "insufficient_funds_bid" : "insufficient_funds_ask"};
  }
}

const Order& Exchange::create(Order draft, eb_ts now, Listener& listener) {
  check(draft);
  draft.uuid = next_id();
  draft.fee_rate = rules_.fee_rate;
  draft.created_at = now;
  draft.held = needed(draft);
  if (draft.buys()) {
    const eb::Money funds =
        draft.by_amount() ? draft.amount : math_.value(draft.volume, draft.limit);
    draft.reserved_fee = math_.part(funds, draft.fee_rate);
  }
  records_.account.lock(draft.held_currency(), draft.held);
  records_.orders.push_back(std::move(draft));
  ++revision_;
  Order& order = records_.orders.back();
  listener.order(order, nullptr, now);
  listener.assets(records_.account, {order.held_currency()}, now);
  match(order, books_.find(order.market)->second, now, listener);
  forget_old();
  return records_.orders.back();
}

const Order& Exchange::cancel(std::string_view uuid, std::string_view identifier, eb_ts now,
                              Listener& listener) {
  Order* const order = find_order(uuid, identifier);
  if (order == nullptr || !order->open()) throw Refusal{404, "order_not_found"};
  close(*order, EB_ORDER_CANCEL, now, listener);
  return *order;
}

// How much of its rest can trade at this price.
eb::Quantity Exchange::wanted(const Order& order, eb::Price price) const {
  if (!order.by_amount()) return order.volume - order.executed_volume;
  return math_.cut(math_.quantity_for(order.amount - order.executed_funds, price), 8);
}

bool Exchange::can_fill_whole(const Order& order, const Book& book, eb::Price limit) const {
  Order trial = order;
  for (const Level& level : order.buys() ? book.asks : book.bids) {
    if (!reaches(order, limit, level.price)) return false;
    if (wanted(trial, level.price) <= level.size) return true;
    trial.executed_volume = trial.executed_volume + level.size;
    trial.executed_funds = trial.executed_funds + math_.value(level.size, level.price);
  }
  return false;
}

void Exchange::match(Order& order, Book& book, eb_ts now, Listener& listener) {
  const auto& levels = opposite(order, book);
  eb::Price limit = order.limit;
  if (order.type == EB_ORDER_TYPE_BEST && !levels.empty()) limit = levels.front().price;
  const bool would_take = !levels.empty() && reaches(order, limit, levels.front().price);
  const bool refused = (order.time_in_force == EB_TIF_POST_ONLY && would_take) ||
                       (order.time_in_force == EB_TIF_FOK && !can_fill_whole(order, book, limit));
  if (!refused) take(order, book, limit, now, listener);
  if (order.finished()) return close(order, EB_ORDER_DONE, now, listener);
  const bool rests = order.type == EB_ORDER_TYPE_LIMIT && !refused &&
                     order.time_in_force != EB_TIF_IOC && order.time_in_force != EB_TIF_FOK;
  if (!rests) return close(order, EB_ORDER_CANCEL, now, listener);
  rest(order, book);
}

void Exchange::take(Order& order, Book& book, eb::Price limit, eb_ts now, Listener& listener) {
  auto& levels = opposite(order, book);
  while (!levels.empty() && !order.finished() && reaches(order, limit, levels.front().price)) {
    Level& level = levels.front();
    const eb::Quantity volume = std::min(wanted(order, level.price), level.size);
    // Less than the eighth decimal buys nothing: the rest of the amount is given back.
    if (!volume.is_positive()) return;
    const eb::Price price = level.price;
    level.size = level.size - volume;
    if (!level.size.is_positive()) levels.erase(levels.begin());
    fill(order, price, volume, false, now, listener);
  }
}

// Behind all that stand at its price already.
void Exchange::rest(Order& order, const Book& book) {
  for (const Level& level : order.buys() ? book.bids : book.asks) {
    if (level.price == order.limit) order.queue = level.size;
  }
}

// What must stay locked for what is left of it.
eb_dec Exchange::still_needed(const Order& order) const {
  if (!order.buys()) return (order.volume - order.executed_volume).raw();
  const eb::Money left = order.by_amount()
                             ? order.amount - order.executed_funds
                             : math_.value(order.volume - order.executed_volume, order.limit);
  return (left + math_.part(left, order.fee_rate)).raw();
}

void Exchange::fill(Order& order, eb::Price price, eb::Quantity volume, bool maker, eb_ts now,
                    Listener& listener) {
  Fill fill;
  fill.uuid = next_id();
  fill.price = price;
  fill.volume = volume;
  fill.funds = math_.value(volume, price);
  fill.fee = math_.part(fill.funds, order.fee_rate);
  fill.time = now;
  fill.maker = maker;
  order.executed_volume = order.executed_volume + volume;
  order.executed_funds = order.executed_funds + fill.funds;
  order.paid_fee = order.paid_fee + fill.fee;
  Account& account = records_.account;
  const eb_dec spent = order.buys() ? (fill.funds + fill.fee).raw() : volume.raw();
  account.spend_locked(order.held_currency(), spent);
  order.held = minus(order.held, spent);
  if (order.buys()) {
    account.receive(order.base(), volume.raw());
    // Cheaper than its limit: the difference is free at once. Fees are cut behind the eighteenth
    // decimal, so that their sum never passes what was reserved.
    const eb_dec needs = still_needed(order);
    if (eb_dec_compare(order.held, needs) > 0) {
      account.unlock(order.quote(), minus(order.held, needs));
      order.held = needs;
    }
  } else {
    account.receive(order.quote(), (fill.funds - fill.fee).raw());
  }
  order.fills.push_back(std::move(fill));
  ++revision_;
  listener.order(order, &order.fills.back(), now);
  listener.assets(account, {order.quote(), order.base()}, now);
}

void Exchange::close(Order& order, std::int32_t state, eb_ts now, Listener& listener) {
  order.state = state;
  order.closed_at = now;
  records_.account.unlock(order.held_currency(), order.held);
  order.held = {0, 0};
  ++revision_;
  listener.order(order, nullptr, now);
  listener.assets(records_.account, {order.held_currency()}, now);
}

void Exchange::set_book(std::string_view market, Book book) {
  books_.insert_or_assign(std::string(market), std::move(book));
}

bool Exchange::is_new(std::string_view market, const MarketTrade& trade) {
  Records::LastTrade& last = records_.last_trades[std::string(market)];
  if (trade.time < last.time || last.ids.contains(trade.id)) return false;
  if (trade.time > last.time) last.ids.clear();
  last.time = trade.time;
  if (last.ids.size() < kMostIds) last.ids.insert(trade.id);
  return true;
}

// Those that this trade would have met, the better price first and the older one of two.
std::vector<Order*> Exchange::resting_for(std::string_view market, const MarketTrade& trade) {
  std::vector<Order*> resting;
  for (Order& order : records_.orders) {
    if (!order.open() || order.market != market || trade.time < order.created_at) continue;
    const bool through = order.buys() ? trade.price < order.limit : trade.price > order.limit;
    const bool at_our_price = trade.price == order.limit && trade.taker_side != order.side;
    if (through || at_our_price) resting.push_back(&order);
  }
  std::stable_sort(resting.begin(), resting.end(), [](const Order* a, const Order* b) {
    return a->buys() ? a->limit > b->limit : a->limit < b->limit;
  });
  return resting;
}

void Exchange::trade(std::string_view market, const MarketTrade& trade, eb_ts now,
                     Listener& listener) {
  const auto resting = resting_for(market, trade);
  if (resting.empty() || !is_new(market, trade)) return;
  ++revision_;
  eb::Quantity left = trade.volume;
  for (Order* order : resting) {
    if (trade.price == order->limit) {
      const eb::Quantity before_us = std::min(order->queue, left);
      order->queue = order->queue - before_us;
      left = left - before_us;
    } else {
      order->queue = {};
    }
    const eb::Quantity volume = std::min(order->volume - order->executed_volume, left);
    if (!volume.is_positive()) continue;
    left = left - volume;
    fill(*order, order->limit, volume, true, now, listener);
    if (order->finished()) close(*order, EB_ORDER_DONE, now, listener);
  }
  forget_old();
}

void Exchange::forget_old() {
  std::size_t closed = 0;
  std::size_t fills = 0;
  for (const Order& order : records_.orders) {
    closed += order.open() ? 0 : 1;
    fills += order.fills.size();
  }
  auto at = records_.orders.begin();
  while ((closed > kMostClosed || fills > kMostFills) && at + 1 < records_.orders.end()) {
    if (at->open()) {
      ++at;
      continue;
    }
    --closed;
    fills -= at->fills.size();
    at = records_.orders.erase(at);
  }
}

}  // namespace everbit::exchange_paper
