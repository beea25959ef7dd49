#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace everbit::exchange_upbit {

// What a value must look like.
enum class Kind {
  kMarket,      // KRW-BTC
  kMarkets,     // KRW-BTC,KRW-ETH
  kUuid,        // an order's id
  kIdentifier,  // our own id, at most 64 characters
  kTime,        // ISO-8601, or milliseconds since the epoch
  kWhole,       // 1 to Part::max
  kTimeframe,   // seconds of a candle that the exchange makes
  kDecimal,     // > 0, without sign and exponent
  kSide,
  kOrderType,
  kTimeInForce,
  kSelfMatch,
};

enum class Presence {
  kOptional,
  kRequired,
  kOneOf,  // exactly one of the parts so marked
  kPath,   // required; goes into the path, not into the query
  kFixed,  // not a parameter: always sent with the value `fixed`
};

// One key of a query or body.
struct Part {
  std::string_view name;
  Kind kind = Kind::kMarket;
  Presence presence = Presence::kOptional;
  std::int64_t max = 0;
  std::string_view fixed = {};
};

// One call of Upbit's REST API. The parts stand in the order in which they are written and hashed.
struct Call {
  std::int32_t op;
  std::string_view method;
  std::string_view path;
  std::span<const Part> parts;
  std::string_view group;
  std::int32_t scope;
  std::int32_t effect;
  bool json_body;  // the parts form a body, not a query
};

constexpr std::size_t kMaxParts = 8;

// Null if Upbit has no such call.
const Call* find_call(std::int32_t op);

bool is_valid(const Part& part, std::string_view value);
bool is_market(std::string_view text);

// "minutes/15" for 900; empty if Upbit has no candles of that length.
std::string_view candle_path(std::int64_t timeframe_s);
// "candle.15m" for 900; empty if there is no such stream.
std::string_view candle_stream(std::int64_t timeframe_s);
// 900 for "candle.15m"; 0 if there is no such stream.
std::int32_t stream_timeframe(std::string_view stream);

}  // namespace everbit::exchange_upbit
