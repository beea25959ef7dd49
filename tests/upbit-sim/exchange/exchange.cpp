#include "upbit-sim/exchange/exchange.h"

#include <utility>

namespace everbit::upbit_sim {
namespace {

std::string identifier_key(std::string_view account, std::string_view identifier) {
  return std::string(account) + '\n' + std::string(identifier);
}

std::string quote_of(std::string_view market) {
  return std::string(market.substr(0, market.find('-')));
}
std::string base_of(std::string_view market) {
  return std::string(market.substr(market.find('-') + 1));
}

}  // namespace

Exchange::Exchange(const Clock& clock, Scheduler& scheduler, MarketPlace& markets, Rules rules,
                   std::uint64_t seed)
    : clock_(clock),
      scheduler_(scheduler),
      markets_(markets),
      rules_(std::move(rules)),
      random_(seed) {}

Account& Exchange::add_account(const std::string& name) {
  return accounts_.try_emplace(name, name, random_.uuid()).first->second;
}

Account* Exchange::find_account(std::string_view name) {
  const auto found = accounts_.find(name);
  return found == accounts_.end() ? nullptr : &found->second;
}

void Exchange::set_matching_delay(Millis low, Millis high) {
  delay_low_ = low;
  delay_high_ = high;
}

Millis Exchange::delay() { return random_.between(delay_low_, delay_high_); }

std::string Exchange::held_currency(const Order& order) const {
  return order.is_bid() ? quote_of(order.market) : base_of(order.market);
}

MarketFacts Exchange::facts_of(const Market& market) const {
  MarketFacts facts{market.quote(), market.last_price(), {}, {}};
  for (const Level& level : depth(market, Side::kAsk)) {
    facts.ask_value_30 += level.price * level.size;
  }
  for (const Level& level : depth(market, Side::kBid)) facts.bid_volume_30 += level.size;
  return facts;
}

std::optional<ApiError> Exchange::check(Account& account, const OrderRequest& request,
                                        OrderTerms& terms) {
  if (auto error = check_fields(request, clock_.now(), rules_, terms)) return error;
  const Market* market = markets_.find(*request.market);
  if (market == nullptr) {
    return ApiError{400, "notfoundmarket", "다음 마켓에 없는 종목입니다: " + *request.market};
  }
  if (auto error = check_terms(terms, facts_of(*market), clock_.now(), rules_)) return error;
  if (request.identifier && account.identifier_used(*request.identifier)) {
    return ApiError{400, "duplicated_identifier", "이미 사용된 identifier 입니다."};
  }
  return std::nullopt;
}

Order Exchange::draft(const Account& account, const OrderRequest& request,
                      const OrderTerms& terms) {
  Order order;
  order.uuid = random_.uuid();
  order.account = account.name();
  order.market = *request.market;
  order.side = terms.side;
  order.type = terms.type;
  order.time_in_force = terms.time_in_force;
  order.smp = terms.smp;
  if (!order.smp && clock_.now() >= rules_.smp_default_epoch) {
    order.smp =
        terms.time_in_force == TimeInForce::kPostOnly ? SmpType::kNone : SmpType::kCancelMaker;
  }
  order.identifier = request.identifier;
  order.price = terms.price;
  order.volume = terms.volume;
  order.fee_rate = rules_.fee_rate;
  order.created_at = clock_.now_us();
  if (terms.volume) order.remaining_volume = *terms.volume;
  if (order.is_bid()) {
    const Decimal amount = order.by_amount() ? *order.price : *order.price * *order.volume;
    if (order.by_amount()) order.remaining_funds = amount;
    order.reserved_fee = order.remaining_fee = amount * order.fee_rate;
  }
  order.held = order.locked = order.required_hold();
  return order;
}

std::optional<ApiError> Exchange::check_funds(const Account& account, const Order& order) const {
  const std::string currency = held_currency(order);
  if (account.balance(currency).available >= order.held) return std::nullopt;
  return ApiError{400, "insufficient_funds_" + std::string(to_text(order.side)),
                  "주문 가능한 금액(" + currency + ")이 부족합니다."};
}

Exchange::Result Exchange::test(Account& account, const OrderRequest& request) {
  OrderTerms terms;
  if (auto error = check(account, request, terms)) return *error;
  const Order order = draft(account, request, terms);
  if (auto error = check_funds(account, order)) return *error;
  if (!markets_.find(order.market)->online()) {
    return ApiError{403, "market_offline",
                    "시스템 점검 중입니다. 점검이 완료된 후에 다시 시도해주세요."};
  }
  return order;
}

Exchange::Result Exchange::create(Account& account, const OrderRequest& request) {
  Result result = test(account, request);
  const bool accepted = std::holds_alternative<Order>(result);
  const bool identifier_valid =
      request.identifier && !request.identifier->empty() && request.identifier->size() <= 64;
  if (identifier_valid && (accepted || rules_.burn == BurnPolicy::kAlways)) {
    account.burn_identifier(*request.identifier);
  }
  if (!accepted) return result;
  return admit(account, std::get<Order>(std::move(result)));
}

// Locks the funds and lets the order wait for its matching.
Order& Exchange::admit(Account& account, Order order) {
  account.lock(held_currency(order), order.held);
  order.number = static_cast<std::int64_t>(orders_.size()) + 1;
  orders_.push_back(std::make_unique<Order>(std::move(order)));
  Order& admitted = *orders_.back();
  by_uuid_[admitted.uuid] = &admitted;
  if (admitted.identifier) {
    by_identifier_[identifier_key(admitted.account, *admitted.identifier)] = &admitted;
  }
  scheduler_.after(0, [this, &admitted, &account] {
    announce(admitted, "wait");
    announce_assets(account, {held_currency(admitted)});
    scheduler_.after(delay(), [this, &admitted] { match(admitted); });
  });
  return admitted;
}

Exchange::Result Exchange::cancel(Order& order) {
  if (!order.open()) return order_not_found();
  scheduler_.after(delay(), [this, &order] {
    if (order.open()) close(order, OrderState::kCancel);
  });
  return order;
}

std::variant<Exchange::Replaced, ApiError> Exchange::replace(Account& account, Order& previous,
                                                             ReplaceRequest request) {
  if (!previous.open()) return order_not_found();
  request.order.market = previous.market;
  request.order.side = std::string(to_text(previous.side));
  OrderRequest as_is_now = request.order;
  if (request.remain_only) as_is_now.volume = previous.remaining_volume.to_string();
  OrderTerms terms;
  if (auto error = check(account, as_is_now, terms)) return *error;
  if (request.order.identifier) account.burn_identifier(*request.order.identifier);
  const std::string new_uuid = random_.uuid();
  scheduler_.after(delay(), [this, &account, uuid = previous.uuid, request, new_uuid] {
    finish_replace(account, uuid, request, new_uuid);
  });
  return Replaced{previous, new_uuid};
}

// A previous order that filled meanwhile, or funds that are gone, mean that no new order appears.
void Exchange::finish_replace(Account& account, const std::string& previous_uuid,
                              ReplaceRequest request, const std::string& new_uuid) {
  Order& previous = *find(previous_uuid);
  if (!previous.open()) return;
  if (request.remain_only) request.order.volume = previous.remaining_volume.to_string();
  close(previous, OrderState::kCancel);
  const auto identifier = std::exchange(request.order.identifier, std::nullopt);
  Result result = test(account, request.order);
  if (!std::holds_alternative<Order>(result)) return;
  Order order = std::get<Order>(std::move(result));
  order.uuid = new_uuid;
  order.identifier = identifier;
  admit(account, std::move(order));
}

Order* Exchange::find(std::string_view uuid) {
  const auto found = by_uuid_.find(std::string(uuid));
  return found == by_uuid_.end() ? nullptr : found->second;
}

Order* Exchange::find_by_identifier(std::string_view account, std::string_view identifier) {
  const auto found = by_identifier_.find(identifier_key(account, identifier));
  return found == by_identifier_.end() ? nullptr : found->second;
}

std::vector<Level> Exchange::depth(const Market& market, Side side) const {
  std::vector<Level> levels = side == Side::kAsk ? market.makers().asks() : market.makers().bids();
  const auto found = resting_.find(market.code());
  if (found == resting_.end()) return levels;
  const auto better = [side](const Decimal& a, const Decimal& b) {
    return side == Side::kAsk ? a < b : a > b;
  };
  for (const Order* order : side == Side::kAsk ? found->second.asks : found->second.bids) {
    auto place = levels.begin();
    while (place != levels.end() && better(place->price, *order->price)) ++place;
    if (place != levels.end() && place->price == *order->price) {
      place->size += order->remaining_volume;
    } else {
      levels.insert(place, {*order->price, order->remaining_volume});
    }
  }
  if (levels.size() > MakerBook::kDepth) levels.resize(MakerBook::kDepth);
  return levels;
}

void Exchange::announce(const Order& order, std::string_view state, const Fill* fill) {
  if (events_.on_order) events_.on_order(order, state, fill);
}

void Exchange::announce_assets(const Account& account, const std::vector<std::string>& currencies) {
  if (events_.on_assets) events_.on_assets(account, currencies);
}

void Exchange::announce_book(Market& market) {
  if (events_.on_book) events_.on_book(market);
}

}  // namespace everbit::upbit_sim
