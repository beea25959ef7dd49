#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "redis/client.h"

namespace everbit::net {

// A rate group as all processes know it.
struct SharedGroup {
  std::string name;
  int limit = 1;
  std::chrono::milliseconds period{1000};
};

// What Redis gave of what was asked for.
struct SharedGrant {
  std::vector<std::string> tokens;         // each is given back once
  std::chrono::milliseconds ask_again{0};  // when none were given
};

// The tokens of rate groups that several processes spend from, kept in Redis by the rules of
// RateBucket, on the clock of Redis. A process that dies gives its tokens back after 15 s. A bucket
// that Redis has lost begins empty, so that a restart of Redis does not give a second's tokens
// twice.
//
// Asks and answers on a thread of its own, which also looks every half second whether Redis is
// there. While it is not, nothing can be taken here (what each process does then is RateLimiter's
// business), an error is logged and is_silent() is true; it comes back by itself.
//
// Any thread. Owned by the application; outlives the limiters that use it.
class SharedBudget {
 public:
  // Error: Redis is silent.
  using Taken = std::function<void(Result<SharedGrant>)>;

  explicit SharedBudget(redis::ClientSettings settings);
  // Ends the thread; questions not asked yet are never answered.
  ~SharedBudget();
  SharedBudget(const SharedBudget&) = delete;
  SharedBudget& operator=(const SharedBudget&) = delete;

  // Up to `want` tokens, but `leave` stay. `taken` is called once, on this object's thread or, when
  // 64 questions wait already, by take() itself; it must not block.
  void take(const SharedGroup& group, int want, int leave, Taken taken);
  // The call of a token has ended. `left`: what the exchange said is left, or -1; `pause`: nobody
  // takes anything for that long. A token whose message is lost comes back after 15 s.
  void give_back(const SharedGroup& group, const std::string& token, int left,
                 std::chrono::milliseconds pause);

  bool is_silent() const;
  redis::ClientStats stats() const { return client_.stats(); }

 private:
  using Work = std::function<void()>;

  bool add(Work work);
  void run();
  void look();
  void note(const std::string& error);

  redis::Client client_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> work_;
  bool stopping_ = false;
  bool silent_ = false;
  int misses_ = 0;  // in a row
  std::thread thread_;
};

}  // namespace everbit::net
