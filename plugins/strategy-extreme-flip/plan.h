#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "everbit/types.h"
#include "regime.h"

namespace everbit::extreme_flip {

// The strategy's own part of a position's plan, which the host keeps verbatim: what was fixed at
// the entry, and which exit it has last asked for. The host's view tells what became of that exit.
struct PlanFields {
  double atr = 0;  // of the signal timeframe at the entry candle
  Regime regime = Regime::kTransition;
  eb_ts entry_close = 0;
  eb_ts part_close = 0;  // close of the candle that asked for the first target; 0: none unsettled
  eb_ts exit_close = 0;  // close of the candle that last asked to sell all; 0: none
  std::int32_t exit_intent = 0;
  std::int32_t exit_reason = 0;

  // "atr=26135.85;regime=RANGE;entry=…;part=…;exit=…;intent=…;reason=…"
  std::string to_text() const;
  // Throws eb::Failure for text that to_text did not write.
  static PlanFields parse(std::string_view text);

  bool operator==(const PlanFields&) const = default;
};

// Reads the same text only once: the host hands it back with every candle. One thread.
class PlanReader {
 public:
  const PlanFields& read(std::string_view text) {
    if (text != text_) {
      fields_ = PlanFields::parse(text);
      text_ = text;
    }
    return fields_;
  }

 private:
  std::string text_;
  PlanFields fields_;
};

}  // namespace everbit::extreme_flip
