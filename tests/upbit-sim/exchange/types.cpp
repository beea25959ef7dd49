#include "upbit-sim/exchange/types.h"

#include <array>
#include <utility>

namespace everbit::upbit_sim {
namespace {

template <typename Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<Side, 2> kSides{{{Side::kBid, "bid"}, {Side::kAsk, "ask"}}};
constexpr Names<OrderType, 4> kTypes{{{OrderType::kLimit, "limit"},
                                      {OrderType::kPrice, "price"},
                                      {OrderType::kMarket, "market"},
                                      {OrderType::kBest, "best"}}};
constexpr Names<TimeInForce, 3> kTifs{{{TimeInForce::kIoc, "ioc"},
                                       {TimeInForce::kFok, "fok"},
                                       {TimeInForce::kPostOnly, "post_only"}}};
constexpr Names<SmpType, 4> kSmps{{{SmpType::kNone, "none"},
                                   {SmpType::kReduce, "reduce"},
                                   {SmpType::kCancelMaker, "cancel_maker"},
                                   {SmpType::kCancelTaker, "cancel_taker"}}};
constexpr Names<OrderState, 3> kStates{
    {{OrderState::kWait, "wait"}, {OrderState::kDone, "done"}, {OrderState::kCancel, "cancel"}}};

template <typename Enum, std::size_t N>
std::string_view name_of(const Names<Enum, N>& names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return {};
}

template <typename Enum, std::size_t N>
std::optional<Enum> value_of(const Names<Enum, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(Side side) { return name_of(kSides, side); }
std::string_view to_upper_text(Side side) { return side == Side::kBid ? "BID" : "ASK"; }
std::string_view to_text(OrderType type) { return name_of(kTypes, type); }
std::string_view to_text(TimeInForce tif) { return name_of(kTifs, tif); }
std::string_view to_text(SmpType smp) { return name_of(kSmps, smp); }
std::string_view to_text(OrderState state) { return name_of(kStates, state); }

std::optional<Side> parse_side(std::string_view text) { return value_of(kSides, text); }
std::optional<OrderType> parse_order_type(std::string_view text) { return value_of(kTypes, text); }
std::optional<TimeInForce> parse_time_in_force(std::string_view text) {
  return value_of(kTifs, text);
}
std::optional<SmpType> parse_smp_type(std::string_view text) { return value_of(kSmps, text); }

}  // namespace everbit::upbit_sim
