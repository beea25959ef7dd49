#include "backtest/engine.h"

namespace everbit::backtest {
namespace {

Decimal cut(const WideDecimal& value) { return value.cut(Rounding::kDown).value(); }

}  // namespace

// True if a resting order was filled in the market's candle, which is then not evaluated.
bool Engine::fill_resting(MarketRun& market) {
  if (!market.holds() || !market.resting) return false;
  const RestingOrders orders = *market.resting;
  const auto met = first_met(orders, market.candle(), result_.request.path_order);
  market.resting.reset();
  if (!met) return false;
  const Decimal held = market.position().quantity;
  const Decimal volume = met->is_stop ? held : orders.target_volume;
  const std::int32_t intent = met->is_stop ? orders.stop_intent : orders.target_intent;
  const std::int32_t reason = met->is_stop ? orders.stop_reason : orders.target_reason;
  ++reason_counts_[static_cast<std::size_t>(reason)];
  Exit exit = exit_of(market, std::string(plugins::intent_name(intent)), codes(market, {reason}),
                      volume == held);
  exit.intrabar = true;
  if (!met->is_stop) market.take_target();
  sell(market, volume, met->price, intent, std::move(exit));
  return true;
}

// Sales by market code, then entries as they were ranked: so they stand in orders_.
void Engine::fill_at_open() {
  for (Order& order : orders_) {
    const auto price = order.market->next_open();
    if (order.entry) {
      fill_entry_at_open(order);
    } else if (price) {
      Exit exit = exit_of(*order.market, std::string(plugins::intent_name(order.intent)),
                          std::move(order.reasons), order.all);
      sell(*order.market, order.volume, *price, order.intent, std::move(exit));
    }
  }
  orders_.clear();
}

void Engine::fill_entry_at_open(Order& order) {
  const auto price = order.market->next_open();
  if (!price) return lapse(*order.market, *order.entry, "UNFILLED_AT_END");
  Trade& trade = *order.entry;
  trade.amount = trading::affordable(trade.amount, cut(ledger_.cash()), ledger_.costs().fee_rate);
  if (trade.amount >= order.minimum && trade.amount.is_positive()) {
    const Fill fill = ledger_.buy(trade.amount, *price);
    if (fill.volume.is_positive()) return open_position(*order.market, std::move(trade), fill);
  }
  lapse(*order.market, trade,
        std::string(trading::code_of(trading::RefusalReason::kAmountBlocked)));
}

void Engine::open_position(MarketRun& market, Trade trade, const Fill& fill) {
  trade.entry = fill;
  market.trade = std::move(trade);
  market.enter(fill);
  ++open_positions_;
}

void Engine::lapse(MarketRun& market, const Trade& entry, const std::string& code) {
  ++result_.decisions[code];
  result_.refused_entries.push_back({entry.market,
                                     entry.open_time,
                                     entry.close_time,
                                     entry.entry_regime,
                                     entry.strength,
                                     {code},
                                     entry.watch_candle});
  market.lapse();
}

Exit Engine::exit_of(const MarketRun& market, std::string intent, std::vector<std::string> reasons,
                     bool all) const {
  Exit exit;
  exit.open_time = market.candle().open_time;
  exit.close_time = exit.fill_time = market.candle().close_time;
  exit.intent = std::move(intent);
  exit.reasons = std::move(reasons);
  exit.all = all;
  return exit;
}

void Engine::sell(MarketRun& market, Decimal volume, Decimal price, std::int32_t intent,
                  Exit exit) {
  exit.fill = ledger_.sell(volume, price);
  market.leave(exit.fill, intent);
  const bool all = exit.all;
  Trade& trade = *market.trade;
  trade.exits.push_back(std::move(exit));
  if (!all) return;
  --open_positions_;
  result_.trades.push_back(std::move(trade));
  market.trade.reset();
}

}  // namespace everbit::backtest
