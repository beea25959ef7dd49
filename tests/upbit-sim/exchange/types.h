#pragma once

#include <optional>
#include <string_view>

namespace everbit::upbit_sim {

enum class Side { kBid, kAsk };
enum class OrderType { kLimit, kPrice, kMarket, kBest };
enum class TimeInForce { kIoc, kFok, kPostOnly };
enum class SmpType { kNone, kReduce, kCancelMaker, kCancelTaker };
enum class OrderState { kWait, kDone, kCancel };

// Spellings of the wire.
std::string_view to_text(Side side);        // bid, ask
std::string_view to_upper_text(Side side);  // BID, ASK
std::string_view to_text(OrderType type);
std::string_view to_text(TimeInForce tif);
std::string_view to_text(SmpType smp);
std::string_view to_text(OrderState state);

std::optional<Side> parse_side(std::string_view text);
std::optional<OrderType> parse_order_type(std::string_view text);
std::optional<TimeInForce> parse_time_in_force(std::string_view text);
std::optional<SmpType> parse_smp_type(std::string_view text);

}  // namespace everbit::upbit_sim
