#include "faults/seeded/scheduler.h"

#include <algorithm>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>

namespace everbit::faults {
namespace {

// Libraries have threads of their own, which ask, too.
thread_local bool is_thread_of_actor = false;

}  // namespace

struct Scheduler::Actor {
  Process process = 0;
  int number = 0;
  SteadyTime ready_at;
  bool ended = false;
  bool dying = false;
  std::exception_ptr error;
  std::binary_semaphore go{0};
  std::binary_semaphore gone{0};
  std::thread thread;
};

Scheduler::Scheduler(ManualClock& clock, Choices& choices, Journal& journal)
    : clock_(clock), choices_(choices), journal_(journal) {}

Scheduler::~Scheduler() { end(); }

bool Scheduler::running_dying() const { return running_->dying; }

Scheduler::Process Scheduler::working() const { return running_->process; }

bool Scheduler::is_called_by_actor() const { return is_thread_of_actor && is_actor(); }

void Scheduler::end() {
  on_death_ = nullptr;
  steps_.clear();
  for (const auto& actor : actors_) doomed_.push_back(actor->process);
  bury();
}

void Scheduler::spawn(Process process, std::function<void()> body) {
  actors_.push_back(std::make_unique<Actor>());
  Actor& actor = *actors_.back();
  actor.process = process;
  actor.number = ++last_actor_;
  actor.ready_at = clock_.steady_now();
  actor.thread = std::thread([&actor, body = std::move(body)] {
    is_thread_of_actor = true;
    actor.go.acquire();
    try {
      if (!actor.dying) body();
    } catch (const ProcessDied&) {
    } catch (...) {
      actor.error = std::current_exception();
    }
    actor.ended = true;
    actor.gone.release();
  });
}

void Scheduler::wait(Actor& actor, SteadyTime until) {
  actor.ready_at = until;
  actor.gone.release();
  actor.go.acquire();
  if (actor.dying) throw ProcessDied();
}

void Scheduler::yield() {
  if (running_ == nullptr || running_->dying) return;
  wait(*running_, clock_.steady_now());
}

void Scheduler::sleep(std::chrono::milliseconds time) {
  wait(*running_, clock_.steady_now() + time);
}

void Scheduler::die() {
  kill(running_->process);
  running_->dying = true;
  throw ProcessDied();
}

void Scheduler::after(std::chrono::milliseconds delay, std::function<void()> action) {
  steps_.emplace(clock_.steady_now() + delay, std::move(action));
}

void Scheduler::let(Actor& actor) {
  running_ = &actor;
  journal_.note(actor.dying ? "unwound" : "works", actor.number);
  actor.go.release();
  actor.gone.acquire();
  running_ = nullptr;
  if (!actor.ended) return;
  actor.thread.join();
  if (actor.error) std::rethrow_exception(actor.error);
}

void Scheduler::bury() {
  while (!doomed_.empty()) {
    const Process process = doomed_.front();
    doomed_.erase(doomed_.begin());
    bool lived = false;
    for (const auto& actor : actors_) {
      if (actor->process != process || actor->ended) {
        lived = lived || (actor->process == process && actor->dying);
        continue;
      }
      lived = actor->dying = true;
      let(*actor);
    }
    std::erase_if(actors_, [&](const auto& actor) { return actor->process == process; });
    if (lived) journal_.note("died", process);
    if (lived && on_death_) on_death_(process);
  }
}

// To the next moment at which anything happens.
bool Scheduler::advance(SteadyTime until) {
  SteadyTime next = until;
  for (const auto& actor : actors_) {
    if (!actor->ended) next = std::min(next, actor->ready_at);
  }
  if (!steps_.empty()) next = std::min(next, steps_.begin()->first);
  if (next >= until) return false;
  clock_.advance(next - clock_.steady_now());
  if (on_time_) on_time_();
  return true;
}

bool Scheduler::run(SteadyTime until, const std::function<bool()>& done) {
  for (;;) {
    bury();
    if (done()) return true;
    const SteadyTime now = clock_.steady_now();
    std::vector<Actor*> ready;
    for (const auto& actor : actors_) {
      if (!actor->ended && actor->ready_at <= now) ready.push_back(actor.get());
    }
    const auto due = steps_.empty() || steps_.begin()->first > now ? 0U : 1U;
    if (ready.empty() && due == 0) {
      if (!advance(until)) return false;
      continue;
    }
    const std::size_t choice = choices_.below(ready.size() + due);
    if (choice < ready.size()) {
      let(*ready[choice]);
    } else {
      const auto step = std::move(steps_.begin()->second);
      steps_.erase(steps_.begin());
      journal_.note("step");
      step();
    }
  }
}

}  // namespace everbit::faults
