#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "everbit/event.h"
#include "mock/decision.h"

namespace everbit::mock {

// A decimal from its text; throws when it is none.
eb_dec dec(std::string_view text);
double to_double(eb_dec value);
std::string to_text(eb_dec value);

// The host's truth about the position, as a test wants it to be.
struct Position {
  std::int32_t state = EB_POSITION_FLAT;
  std::int32_t last_intent = EB_INTENT_NONE;
  std::int32_t last_outcome = EB_OUTCOME_NONE;
  eb_ts last_signal_close = 0;
  std::int32_t last_exit = EB_INTENT_NONE;
  std::int32_t pending_intent = EB_INTENT_NONE;
  eb_ts last_exit_close = 0;
  eb_ts entry_close = 0;
  eb_dec quantity{};
  eb_dec avg_price{};
  eb_dec dust{};
  std::optional<Plan> plan;
};

// A closed candle by exact texts; the doubles follow from them.
struct Candle {
  eb_ts open_time = 0;
  std::int32_t timeframe_s = 60;
  std::string open, high, low, close;
  std::string volume = "1";
  // Quote currency; empty: not known.
  std::string value;
  std::uint32_t flags = 0;
  std::int32_t role = EB_ROLE_SIGNAL;
  bool decide = true;
  std::optional<std::string> value_24h;

  // open = high = low = close.
  static Candle flat(eb_ts open_time, std::int32_t timeframe_s, std::string price);
  eb_ts close_time() const { return open_time + eb_ts{timeframe_s} * 1'000'000'000; }
};

}  // namespace everbit::mock
