#include "upbit-sim/exchange/rules.h"

#include "upbit-sim/market/tick.h"

namespace everbit::upbit_sim {
namespace {

std::string sided(std::string_view name, Side side) {
  return std::string(name) + '_' + std::string(to_text(side));
}

ApiError bad_request(std::string name, std::string message) {
  return {400, std::move(name), std::move(message)};
}

ApiError wrong_combination(Side side) {
  return bad_request("create_" + std::string(to_text(side)) + "_error",
                     "주문 요청 정보가 올바르지 않습니다.");
}

ApiError wrong_time_in_force() {
  return bad_request("invalid_time_in_force", "주문조건을 다시 확인해 주세요.");
}

// Empty and absent are the same: nothing was asked for.
bool missing(const std::optional<std::string>& field) { return !field || field->empty(); }

template <typename Enum>
std::optional<ApiError> parse_optional(const std::optional<std::string>& text,
                                       std::optional<Enum> (*parse)(std::string_view),
                                       std::optional<Enum>& out) {
  if (missing(text)) return std::nullopt;
  out = parse(*text);
  if (!out) return invalid_parameter();
  return std::nullopt;
}

// What cannot be an amount becomes -1 and is refused where the order of the checks says so.
std::optional<Decimal> parse_amount(const std::optional<std::string>& text) {
  if (missing(text)) return std::nullopt;
  const auto amount = Decimal::parse(*text);
  if (!amount || *amount >= Decimal::of("1000000000000000000")) return Decimal(-1);
  return amount;
}

ApiError wrong_price(Side side) {
  return bad_request(sided("invalid_price", side),
                     "주문가격 단위를 잘못 입력하셨습니다. 확인 후 시도해주세요.");
}

ApiError wrong_volume(Side side) {
  return bad_request(sided("invalid_volume", side),
                     "주문수량 단위를 잘못 입력하셨습니다. 확인 후 시도해주세요.");
}

std::optional<ApiError> check_price(const OrderTerms& terms, const MarketFacts& market,
                                    Millis tick_time) {
  if (!terms.price) return std::nullopt;
  if (!terms.price->is_positive()) return wrong_price(terms.side);
  const bool fits =
      terms.type == OrderType::kLimit
          ? terms.price->is_multiple_of(tick_size(market.quote, *terms.price, tick_time))
          : terms.price->decimals() <= 8;
  if (!fits) return wrong_price(terms.side);
  return std::nullopt;
}

std::optional<ApiError> check_combination(const OrderTerms& terms) {
  const bool immediate =
      terms.time_in_force == TimeInForce::kIoc || terms.time_in_force == TimeInForce::kFok;
  const bool amount_only = terms.price && !terms.volume;
  const bool volume_only = terms.volume && !terms.price;
  switch (terms.type) {
    case OrderType::kLimit:
      if (!terms.price || !terms.volume) return wrong_combination(terms.side);
      break;
    case OrderType::kPrice:
      if (terms.side != Side::kBid || !amount_only) return wrong_combination(terms.side);
      if (terms.time_in_force) return wrong_time_in_force();
      break;
    case OrderType::kMarket:
      if (terms.side != Side::kAsk || !volume_only) return wrong_combination(terms.side);
      if (terms.time_in_force) return wrong_time_in_force();
      break;
    case OrderType::kBest:
      if (!immediate) return wrong_time_in_force();
      if (terms.side == Side::kBid ? !amount_only : !volume_only) {
        return wrong_combination(terms.side);
      }
      break;
  }
  return std::nullopt;
}

// What the order is worth for the minimum and the maximum; a sale at the market, at the last price.
Decimal total_of(const OrderTerms& terms, const MarketFacts& market) {
  if (!terms.volume) return *terms.price;
  return *terms.volume * terms.price.value_or(market.last_price);
}

std::optional<ApiError> check_depth(const OrderTerms& terms, const MarketFacts& market) {
  const bool too_large = (terms.type == OrderType::kPrice && *terms.price > market.ask_value_30) ||
                         (terms.type == OrderType::kMarket && *terms.volume > market.bid_volume_30);
  if (!too_large) return std::nullopt;
  return bad_request("volume_too_large", "주문 가능한 수량을 초과하였습니다.");
}

}  // namespace

Decimal Rules::min_total(std::string_view quote) const {
  if (quote == "BTC") return Decimal::of("0.00005");
  if (quote == "USDT") return Decimal::of("0.5");
  return Decimal(5'000);
}

Decimal Rules::max_total(std::string_view quote) const {
  if (quote == "BTC") return Decimal(10);
  if (quote == "USDT") return Decimal(1'000'000);
  return max_total_krw;
}

std::optional<ApiError> check_fields(const OrderRequest& request, Millis now, const Rules& rules,
                                     OrderTerms& terms) {
  std::string problems;
  const auto require = [&problems](const std::optional<std::string>& field, const char* name) {
    if (!missing(field)) return;
    if (!problems.empty()) problems += ", ";
    problems += std::string(name) + " is missing, " + name + " does not have a valid value";
  };
  require(request.market, "market");
  require(request.side, "side");
  require(request.ord_type, "ord_type");
  if (!problems.empty()) return validation_error(problems);

  const auto side = parse_side(*request.side);
  const auto type = parse_order_type(*request.ord_type);
  if (!side || !type) return invalid_parameter();
  terms.side = *side;
  terms.type = *type;
  if (auto error =
          parse_optional(request.time_in_force, parse_time_in_force, terms.time_in_force)) {
    return error;
  }
  if (auto error = parse_optional(request.smp_type, parse_smp_type, terms.smp)) return error;
  if (terms.smp == SmpType::kNone && now < rules.smp_default_epoch) return invalid_parameter();
  if (request.identifier && (request.identifier->empty() || request.identifier->size() > 64)) {
    return invalid_parameter();
  }
  terms.price = parse_amount(request.price);
  terms.volume = parse_amount(request.volume);
  return std::nullopt;
}

std::optional<ApiError> check_terms(const OrderTerms& terms, const MarketFacts& market, Millis now,
                                    const Rules& rules) {
  if (terms.time_in_force == TimeInForce::kPostOnly) {
    if (terms.type != OrderType::kLimit) return wrong_time_in_force();
    if (terms.smp && terms.smp != SmpType::kNone) {
      return bad_request("invalid_post_only",
                         "post_only 주문은 smp_type과 함께 사용할 수 없습니다.");
    }
  }
  if (auto error = check_combination(terms)) return error;
  const Millis tick_time = rules.tick_epoch_override != 0 ? rules.tick_epoch_override : now;
  if (auto error = check_price(terms, market, tick_time)) return error;
  if (terms.volume && (!terms.volume->is_positive() || terms.volume->decimals() > 8)) {
    return wrong_volume(terms.side);
  }
  const Decimal total = total_of(terms, market);
  if (total < rules.min_total(market.quote)) {
    return bad_request(sided("under_min_total", terms.side),
                       "최소 주문 금액은 " + rules.min_total(market.quote).to_string() + ' ' +
                           market.quote + " 입니다.");
  }
  if (total > rules.max_total(market.quote)) {
    return bad_request(sided("over_krw_funds", terms.side),
                       "최대 주문 가능 금액 " + rules.max_total(market.quote).to_string() + ' ' +
                           market.quote + " 보다 작은 주문을 입력해 주세요.");
  }
  return check_depth(terms, market);
}

ApiError order_not_found() { return {404, "order_not_found", "주문을 찾지 못했습니다."}; }

ApiError invalid_parameter(std::string message) {
  return {400, "invalid_parameter", std::move(message)};
}

ApiError validation_error(std::string message) {
  return {400, "validation_error", std::move(message)};
}

}  // namespace everbit::upbit_sim
