#pragma once

#include <cstdint>
#include <string>

namespace everbit::upbit_sim {

// A seeded generator whose numbers are the same on every machine (the standard distributions are
// not). splitmix64; one thread.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  double uniform();  // [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal();                                            // mean 0, deviation 1
  std::int64_t between(std::int64_t low, std::int64_t high);  // both inclusive
  std::string uuid();                                         // version 4 form

 private:
  std::uint64_t state_;
};

}  // namespace everbit::upbit_sim
