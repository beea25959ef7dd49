#include <algorithm>
#include <utility>

#include "upbit-sim/exchange/exchange.h"

namespace everbit::upbit_sim {
namespace {

bool crosses(const Order& taker, const Decimal& price) {
  if (taker.best_price) return price == *taker.best_price;
  if (taker.type != OrderType::kLimit) return true;
  return taker.is_bid() ? price <= *taker.price : price >= *taker.price;
}

// How much of the taker's rest can trade at this price.
Decimal wanted(const Order& taker, const Decimal& price) {
  if (!taker.by_amount()) return taker.remaining_volume;
  return taker.remaining_funds.divided_by(price).floor_to(8);
}

bool is_finished(const Order& order) {
  return order.by_amount() ? order.remaining_funds.is_zero() : order.remaining_volume.is_zero();
}

Side opposite(Side side) { return side == Side::kBid ? Side::kAsk : Side::kBid; }

bool prevents(const Order& taker) { return taker.smp.value_or(SmpType::kNone) != SmpType::kNone; }

}  // namespace

void Exchange::match(Order& order) {
  if (!order.open()) return;
  Market& market = *markets_.find(order.market);
  if (order.type == OrderType::kBest) {
    const auto levels = depth(market, opposite(order.side));
    if (levels.empty()) return close(order, OrderState::kCancel);
    order.best_price = levels.front().price;
  }
  const bool refused =
      (order.time_in_force == TimeInForce::kPostOnly && would_take(order, market)) ||
      (order.time_in_force == TimeInForce::kFok && !can_fill_whole(order, market));
  if (refused) return close(order, OrderState::kCancel);

  take_liquidity(order, market, resting_[market.code()]);
  if (order.open()) {
    if (is_finished(order)) {
      close(order, OrderState::kDone);
    } else if (order.type == OrderType::kLimit && order.time_in_force != TimeInForce::kIoc &&
               order.time_in_force != TimeInForce::kFok) {
      rest(order);
    } else {
      close(order, OrderState::kCancel);
    }
  }
  announce_book(market);
}

bool Exchange::would_take(const Order& order, const Market& market) const {
  const auto levels = depth(market, opposite(order.side));
  return !levels.empty() && crosses(order, levels.front().price);
}

// Own resting orders that the SMP mode would not trade with are no liquidity.
bool Exchange::can_fill_whole(const Order& order, const Market& market) const {
  Decimal own_at_level;
  Decimal volume_left = order.remaining_volume;
  Decimal funds_left = order.remaining_funds;
  const auto found = resting_.find(market.code());
  for (Level level : depth(market, opposite(order.side))) {
    if (!crosses(order, level.price)) break;
    if (prevents(order) && found != resting_.end()) {
      const auto& side = order.is_bid() ? found->second.asks : found->second.bids;
      for (const Order* own : side) {
        if (own->account == order.account && *own->price == level.price) {
          level.size -= own->remaining_volume;
        }
      }
    }
    if (!order.by_amount()) {
      volume_left -= level.size;
      if (!volume_left.is_positive()) return true;
    } else {
      if (funds_left.divided_by(level.price).floor_to(8) <= level.size) return true;
      funds_left -= level.price * level.size;
    }
  }
  return false;
}

Order* Exchange::best_resting(const Order& taker, const Market& market) const {
  const auto found = resting_.find(market.code());
  if (found == resting_.end()) return nullptr;
  const auto& side = taker.is_bid() ? found->second.asks : found->second.bids;
  return side.empty() ? nullptr : side.front();
}

void Exchange::take_liquidity(Order& order, Market& market, Resting&) {
  while (order.open() && !is_finished(order)) {
    Order* resting = best_resting(order, market);
    const auto& levels = order.is_bid() ? market.makers().asks() : market.makers().bids();
    const bool makers_better =
        !levels.empty() &&
        (resting == nullptr || (order.is_bid() ? levels.front().price < *resting->price
                                               : levels.front().price > *resting->price));
    if (makers_better) resting = nullptr;
    if (resting == nullptr && levels.empty()) return;
    const Decimal price = resting != nullptr ? *resting->price : levels.front().price;
    if (!crosses(order, price)) return;
    const Decimal available = resting != nullptr ? resting->remaining_volume : levels.front().size;
    const Decimal volume = min(wanted(order, price), available);
    if (volume.is_zero()) return;

    if (resting == nullptr) {
      if (order.is_bid()) {
        market.makers().take_best_ask(volume);
      } else {
        market.makers().take_best_bid(volume);
      }
      trade(&order, nullptr, market, price, volume, order.is_bid());
    } else if (resting->account == order.account && prevents(order)) {
      if (prevent_self_match(order, *resting, market)) return;
    } else {
      trade(&order, resting, market, price, volume, order.is_bid());
    }
  }
}

bool Exchange::prevent_self_match(Order& taker, Order& maker, Market&) {
  const Decimal price = *maker.price;
  const Decimal overlap = min(wanted(taker, price), maker.remaining_volume);
  const auto drop = [this](Order& order, const Decimal& volume, const Decimal& at) {
    reduce(order, volume, at);
    announce(order, "prevented");
  };
  switch (*taker.smp) {
    case SmpType::kCancelTaker:
      drop(taker, wanted(taker, price), price);
      close(taker, OrderState::kCancel);
      return true;
    case SmpType::kCancelMaker:
      drop(maker, maker.remaining_volume, price);
      close(maker, OrderState::kCancel);
      return false;
    default:
      drop(taker, overlap, price);
      drop(maker, overlap, price);
      if (is_finished(maker)) close(maker, OrderState::kCancel);
      if (!is_finished(taker)) return false;
      close(taker, OrderState::kCancel);
      return true;
  }
}

// Takes quantity out of an order without a trade, and frees what was locked for it.
void Exchange::reduce(Order& order, const Decimal& volume, const Decimal& price) {
  order.prevented_volume += volume;
  if (order.is_bid()) {
    const Decimal funds = volume * (order.by_amount() ? price : *order.price);
    const Decimal fee = funds * order.fee_rate;
    order.prevented_locked += funds + fee;
    order.remaining_fee -= fee;
    if (order.by_amount()) order.remaining_funds -= funds;
  } else {
    order.prevented_locked += volume;
  }
  if (!order.by_amount()) order.remaining_volume -= volume;
  const Decimal freed = order.held - order.required_hold();
  order.held = order.locked = order.required_hold();
  Account& account = *find_account(order.account);
  account.unlock(held_currency(order), freed);
  announce_assets(account, {held_currency(order)});
}

void Exchange::trade(Order* taker, Order* maker, Market& market, const Decimal& price,
                     const Decimal& volume, bool taker_bid) {
  Fill fill;
  fill.uuid = random_.uuid();
  fill.price = price;
  fill.volume = volume;
  fill.funds = price * volume;
  fill.up = price >= market.last_price();
  fill.time = clock_.now_us();
  const PublicTrade public_trade =
      market.record({clock_.now(), to_e8(price), to_e8(volume), taker_bid, 0});
  for (Order* order : {maker, taker}) {
    if (order == nullptr) continue;
    fill.fee = fill.funds * order->fee_rate;
    fill.is_maker = order == maker;
    apply_fill(*order, fill, market);
  }
  if (maker != nullptr && is_finished(*maker)) close(*maker, OrderState::kDone);
  if (events_.on_trade) events_.on_trade(market, public_trade);
}

void Exchange::apply_fill(Order& order, const Fill& fill, const Market& market) {
  order.fills.push_back(fill);
  order.executed_volume += fill.volume;
  order.executed_funds += fill.funds;
  order.paid_fee += fill.fee;
  if (order.by_amount()) {
    order.remaining_funds -= fill.funds;
  } else {
    order.remaining_volume -= fill.volume;
  }
  Account& account = *find_account(order.account);
  if (order.is_bid()) {
    order.remaining_fee -= fill.fee;
    const Decimal spent = fill.funds + fill.fee;
    account.spend_locked(market.quote(), spent);
    // Below the limit: the difference is free at once, its fee share at the close.
    account.unlock(market.quote(), order.held - spent - order.required_hold());
    account.receive_bought(market.base(), fill.volume, fill.funds);
  } else {
    account.spend_locked(market.base(), fill.volume);
    account.receive(market.quote(), fill.funds - fill.fee);
  }
  order.held = order.locked = order.required_hold();
  announce(order, "trade", &order.fills.back());
  announce_assets(account, {market.quote(), market.base()});
}

void Exchange::path_trade(Market& market, const PublicTrade& path) {
  const Decimal price = from_e8(path.price);
  const bool pinned = market.makers().pinned();
  Decimal at_price_left = from_e8(path.volume);
  const auto sweep = [&](Side side) {
    const auto& own =
        side == Side::kBid ? resting_[market.code()].bids : resting_[market.code()].asks;
    while (!own.empty()) {
      Order& order = *own.front();
      const bool passed = side == Side::kBid ? *order.price > price : *order.price < price;
      const bool quoted_against = *order.price == price && path.taker_bid == (side == Side::kBid);
      const bool hit = *order.price == price && path.taker_bid != (side == Side::kBid);
      if (passed || (quoted_against && !pinned)) {
        fill_resting(market, order, order.remaining_volume);
      } else if (hit && at_price_left.is_positive()) {
        const Decimal volume = min(order.remaining_volume, at_price_left);
        at_price_left -= volume;
        fill_resting(market, order, volume);
      } else {
        return;
      }
    }
  };
  sweep(Side::kBid);
  sweep(Side::kAsk);
  const PublicTrade recorded = market.record(path);
  market.makers().quote_around(price, path.taker_bid, clock_.now());
  if (events_.on_trade) events_.on_trade(market, recorded);
  announce_book(market);
}

// The rest of the world takes from a resting order.
void Exchange::fill_resting(Market& market, Order& order, const Decimal& volume) {
  trade(nullptr, &order, market, *order.price, volume, !order.is_bid());
}

void Exchange::rest(Order& order) {
  Resting& resting = resting_[order.market];
  auto& side = order.is_bid() ? resting.bids : resting.asks;
  const auto place = std::find_if(side.begin(), side.end(), [&order](const Order* other) {
    return order.is_bid() ? *other->price < *order.price : *other->price > *order.price;
  });
  side.insert(place, &order);
}

void Exchange::unrest(const Order& order) {
  Resting& resting = resting_[order.market];
  std::erase(order.is_bid() ? resting.bids : resting.asks, &order);
}

void Exchange::close(Order& order, OrderState state) {
  unrest(order);
  order.state = state;
  const Decimal freed = std::exchange(order.held, Decimal{});
  if (state == OrderState::kDone) order.locked = Decimal{};
  Account& account = *find_account(order.account);
  if (freed.is_positive()) account.unlock(held_currency(order), freed);
  announce(order, to_text(state));
  if (freed.is_positive()) announce_assets(account, {held_currency(order)});
  announce_book(*markets_.find(order.market));
}

}  // namespace everbit::upbit_sim
