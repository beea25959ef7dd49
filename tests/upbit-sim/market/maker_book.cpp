#include "upbit-sim/market/maker_book.h"

#include <utility>

#include "upbit-sim/market/tick.h"

namespace everbit::upbit_sim {

MakerBook::MakerBook(std::string quote, Decimal value_per_level, std::uint64_t seed)
    : quote_(std::move(quote)), value_per_level_(std::move(value_per_level)), random_(seed) {}

Decimal MakerBook::random_size(const Decimal& price) {
  const Decimal factor = Decimal::from_scaled(random_.between(40, 160), 2);
  const Decimal size = (value_per_level_ * factor).divided_by(price).floor_to(8);
  return size.is_zero() ? Decimal::of("0.00000001") : size;
}

void MakerBook::quote_around(const Decimal& price, bool taker_bid, Millis at) {
  if (pinned_) return;
  Decimal ask = round_up_to_tick(quote_, price, at);
  Decimal bid = round_down_to_tick(quote_, price, at);
  if (ask == bid && taker_bid) bid = step_down(quote_, bid, at);
  if (ask == bid) ask = ask + tick_size(quote_, ask, at);
  asks_.clear();
  bids_.clear();
  for (std::size_t i = 0; i < kDepth; ++i) {
    asks_.push_back({ask, random_size(ask)});
    ask += tick_size(quote_, ask, at);
  }
  for (std::size_t i = 0; i < kDepth && bid.is_positive(); ++i) {
    bids_.push_back({bid, random_size(bid)});
    bid = step_down(quote_, bid, at);
  }
}

void MakerBook::pin(std::vector<Level> asks, std::vector<Level> bids) {
  pinned_ = true;
  asks_ = std::move(asks);
  bids_ = std::move(bids);
}

void MakerBook::take(std::vector<Level>& side, const Decimal& volume) {
  side.front().size -= volume;
  if (!side.front().size.is_positive()) side.erase(side.begin());
}

}  // namespace everbit::upbit_sim
