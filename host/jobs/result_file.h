#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "plugins/unique_fd.h"

namespace everbit::jobs {

// One run's parts, each the JSON text that the run gave.
struct RunRow {
  std::string request, data, metrics, signals, trades, refused_entries, decisions, equity;
};

// The JSON that a back-test's child left, taken apart for the columns of backtest_result. The file
// was written by foreign code: whatever is not as expected is code RESULT. Opening it notes where
// each part lies and keeps nothing else in memory; a part is not looked into, the database's type
// does that. Read-only afterwards.
class ResultFile {
 public:
  // Ten years of 15 minutes give some 20 MiB, most of it equity. One run is in memory while it is
  // stored.
  struct Limits {
    std::uint64_t file = std::uint64_t{256} << 20;
    std::uint64_t run = std::uint64_t{48} << 20;
    std::size_t runs = 16;
  };

  static Result<ResultFile> open(const std::filesystem::path& file, const Limits& limits);

  std::size_t runs() const { return runs_.size(); }
  Result<RunRow> read(std::size_t run) const;
  Result<std::string> request(std::size_t run) const { return text(runs_[run][0]); }
  Result<std::string> data(std::size_t run) const { return text(runs_[run][1]); }

 private:
  struct Span {
    std::uint64_t from = 0;
    std::uint64_t to = 0;  // as `from`: not there
  };
  using Parts = std::array<Span, 8>;  // as RunRow names them
  class Scanner;

  Result<std::string> text(Span span) const;

  plugins::UniqueFd file_;
  std::vector<Parts> runs_;
};

}  // namespace everbit::jobs
