#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "jobs/job_request.h"

namespace everbit::jobs {

// One signal timeframe of a job, to be run in a child.
struct ChildRun {
  std::filesystem::path program;                         // `everbit`
  std::filesystem::path strategy;                        // the .so
  std::filesystem::path folder;                          // scratch, of this run alone
  std::map<std::string, std::filesystem::path> candles;  // CSV by market
  std::string timeframe;
  std::uint64_t max_memory = 0;
  // Without any progress for so long the child is taken for hung.
  std::chrono::milliseconds stall{0};
};

// What became of it.
struct ChildEnd {
  enum class Kind {
    kDone,     // result_of() is there
    kRefused,  // it said why: `code`, `text`
    kLost,     // it crashed, hung, or was killed: `text`
    kStopped,  // may_go_on said no
  };
  Kind kind = Kind::kLost;
  std::string code;
  std::string text;
};

// Where a child that is done has left the JSON of its run.
std::filesystem::path result_of(const ChildRun& run);

// Runs `everbit backtest run` on the request in a sandboxed child and waits for it. `told` hears
// the progress, 0 to 1; `may_go_on` is asked every 50 ms or at each word of progress, and a no ends
// the child at once. Blocks.
ChildEnd run_in_child(const JobRequest& request, const ChildRun& run,
                      const std::function<void(double)>& told,
                      const std::function<bool()>& may_go_on);

}  // namespace everbit::jobs
