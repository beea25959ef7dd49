#pragma once

#include <string>

#include "parity/compare.h"

namespace everbit::parity {

// What a report is about; the rest stands in the recording.
struct ParitySubject {
  std::string date;  // 2026-11-22
  std::string strategy_key;
  std::string mode;
  std::string timeframe;
};

// One JSON object; money and volume are decimal text, times ISO-8601.
std::string to_json(const ParitySubject& subject, const Recording& recording,
                    const ParityReport& report);

}  // namespace everbit::parity
