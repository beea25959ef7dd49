#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "faults/seeded/journal.h"

namespace everbit::faults {

// Thrown out of whatever an actor was doing when its process dies. No std::exception, so that
// nothing on the way takes it for an error of its own.
struct ProcessDied {};

// All choices of one run; the same seed chooses the same.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : engine_(seed) {}
  // 0 … n-1, for n >= 1.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::chrono::milliseconds between(std::int64_t low_ms, std::int64_t high_ms) {
    return std::chrono::milliseconds(
        low_ms + static_cast<std::int64_t>(below(static_cast<std::size_t>(high_ms - low_ms) + 1)));
  }

 private:
  std::mt19937_64 engine_;
};

// Runs actors one at a time: each has a thread of its own, and exactly one of all threads works at
// any moment. Who goes on when one yields is the seed's choice, and so is the world's next step;
// time is a ManualClock that moves only when everybody waits. So a run depends on its seed alone.
//
// Actors belong to processes. A process that is killed never goes on: its actors are unwound by
// ProcessDied from where they stood. Owned by one run.
class Scheduler {
 public:
  using Process = int;

  Scheduler(ManualClock& clock, Choices& choices, Journal& journal);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void spawn(Process process, std::function<void()> body);
  // Called once for each process that dies, after its actors are gone.
  void on_death(std::function<void(Process)> handler) { on_death_ = std::move(handler); }

  // Kills what is left, and forgets what was to come.
  void end();
  // Whether an actor calls, and not the world.
  bool is_actor() const { return running_ != nullptr && !running_dying(); }
  // Of the actor who works.
  Process working() const;
  // Whether the calling thread is that of the actor who works.
  bool is_called_by_actor() const;
  // By an actor. Anybody may go on; it itself does at once if nobody else is ready.
  void yield();
  // By an actor: until the clock is there.
  void sleep(std::chrono::milliseconds time);
  // By an actor of another process, or by the world: it dies when the caller next waits.
  void kill(Process process) { doomed_.push_back(process); }
  // By an actor, of its own process.
  [[noreturn]] void die();

  // A step of the world at that moment; it may not wait.
  void after(std::chrono::milliseconds delay, std::function<void()> action);

  // Lets everything run until `done` or until the clock would pass `until`. False: time was over.
  bool run(SteadyTime until, const std::function<bool()>& done);
  // Called after each step of the clock.
  void on_time(std::function<void()> handler) { on_time_ = std::move(handler); }

 private:
  struct Actor;

  bool running_dying() const;
  void let(Actor& actor);
  void wait(Actor& actor, SteadyTime until);
  void bury();
  bool advance(SteadyTime until);

  ManualClock& clock_;
  Choices& choices_;
  Journal& journal_;
  int last_actor_ = 0;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::multimap<SteadyTime, std::function<void()>> steps_;
  std::vector<Process> doomed_;
  std::function<void(Process)> on_death_;
  std::function<void()> on_time_;
  Actor* running_ = nullptr;
};

}  // namespace everbit::faults
