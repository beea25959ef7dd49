#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace everbit::faults {

// What happened in a run, in its order, each with the run's time: two runs whose digests are equal
// went the same way. Only whoever works at the moment writes. Optionally printed, to be compared
// line by line.
class Journal {
 public:
  Journal(const Clock& clock, bool printed)
      : clock_(clock), began_(clock.steady_now()), printed_(printed) {}

  void note(std::string_view what, std::int64_t number = 0, std::string_view more = {});

  std::uint64_t digest() const { return digest_; }
  long entries() const { return entries_; }

 private:
  void mix(std::string_view bytes);

  const Clock& clock_;
  const SteadyTime began_;
  const bool printed_;
  std::uint64_t digest_ = 14695981039346656037ULL;  // FNV-1a
  long entries_ = 0;
};

}  // namespace everbit::faults
