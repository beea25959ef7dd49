#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "upbit-sim/market/candles.h"

namespace everbit::upbit_sim {

enum class StreamFormat { kDefault, kSimple, kJsonList, kSimpleList };

inline bool is_simple(StreamFormat f) {
  return f == StreamFormat::kSimple || f == StreamFormat::kSimpleList;
}
inline bool is_list(StreamFormat f) {
  return f == StreamFormat::kJsonList || f == StreamFormat::kSimpleList;
}

struct StreamCode {
  std::string code;        // without suffix
  std::size_t depth = 30;  // order book levels asked for by ".N"
};

// One type object of a subscription.
struct StreamRequest {
  std::string type;  // ticker, trade, orderbook, candle.1m, myOrder, myAsset
  std::optional<Unit> candle_unit;
  std::vector<StreamCode> codes;  // empty for myOrder: every market
  Decimal level;
  bool snapshot = true;
  bool realtime = true;
};

struct StreamMessage {
  std::string ticket;
  std::vector<StreamRequest> streams;
  std::optional<StreamFormat> format;
  bool list_subscriptions = false;
};

struct StreamError {
  std::string name;
  std::string message;
};

// What a client said, by reference §7.2 and §7.9. `is_private`: it came over the private socket.
std::variant<StreamMessage, StreamError> parse_stream_message(std::string_view text,
                                                              bool is_private);

}  // namespace everbit::upbit_sim
