#pragma once

#include <string>
#include <vector>

namespace everbit::bench {

// What was measured, round after round, in the order of its first appearance. One thread.
class Figures {
 public:
  void add(const std::string& what, const std::string& unit, double value, double wal_bytes = 0);
  // A table for people on stderr, JSON for tests/bench/run on stdout.
  void print() const;

 private:
  struct Series {
    std::string what;
    std::string unit;
    std::vector<double> values;
    std::vector<double> wal_bytes;
  };
  std::vector<Series> series_;
};

}  // namespace everbit::bench
