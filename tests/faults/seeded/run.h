#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/crash_point.h"
#include "faults/seeded/interposed.h"
#include "faults/seeded/trader.h"

namespace everbit::faults {

// What outlives a run: servers, plugins, a folder for the machines' files.
struct Workshop {
  RunDatabase& database;
  events::Bus& bus;
  const plugins::ExchangeCodec& codec;
  net::IoThreads& io;
  std::filesystem::path folder;
};

// One seed: a few candles are traded while requests are lost, messages come in any order, and
// processes die at any crash point, or lose the trader lock to another one. Then the chaos ends,
// and everything must come to an end by itself.
class Run {
 public:
  // `printed`: what happens is written to stdout as it does.
  Run(Workshop& workshop, std::uint64_t seed, bool printed);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // What must not be; empty: all holds.
  std::vector<std::string> play();
  int deaths() const { return deaths_; }
  const Journal& journal() const { return journal_; }

 private:
  void at_crash_point(CrashPoint where);
  CommitFate fate_of_commit();
  bool sleep(std::chrono::milliseconds time);
  void start_trader(const std::string& machine);
  void bury(Scheduler::Process process);
  void leave_lanes_to_others();
  void wait_for_end_of(const Uuid& instance);
  void take_over();
  void time_moved();
  std::filesystem::path machine_folder(const std::string& machine) const;

  Workshop& workshop_;
  Choices choices_;
  ManualClock clock_;
  Journal journal_;
  std::vector<std::string> broken_;
  bool chaos_ = true;
  int deaths_ = 0;
  Timestamp told_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<ExchangeModel> exchange_;
  Claims claims_;
  std::unique_ptr<OwnerSwitch> owner_switch_;
  LeftBehind left_behind_;
  std::unique_ptr<Surroundings> around_;
  std::map<Scheduler::Process, std::unique_ptr<Trader>> traders_;
  std::map<Scheduler::Process, std::string> machines_;
  Scheduler::Process last_process_ = 0;
  Scheduler::Process newest_ = 0;  // of those that got the lock
};

}  // namespace everbit::faults
