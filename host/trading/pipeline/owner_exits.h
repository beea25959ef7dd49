#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "trading/control/kill_switch.h"
#include "trading/intent/host_exits.h"
#include "trading/pipeline/flattened.h"

namespace everbit::trading {

// The owner's way out: closes one market, or all of them. A flatten stays in force until the owner
// ends it: meanwhile a position that opens, and what a partial exit leaves, gets its EXIT_MANUAL
// within a moment. The trader's alone; one thread of its own, the calls come from any.
class OwnerExits {
 public:
  struct Parts {
    store::Pool& pool;
    KillSwitch& kill_switch;
    const TradingSwitch& flag;
    HostExits& exits;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
  };

  explicit OwnerExits(Parts parts);
  ~OwnerExits();
  OwnerExits(const OwnerExits&) = delete;
  OwnerExits& operator=(const OwnerExits&) = delete;

  void start();
  void stop();

  // Codes of HostExits::close.
  Result<HostExits::Closed> close(const std::string& market, const Actor& actor);
  // Codes of KillSwitch::begin_flatten and of the store. Once it is in force it goes on by itself,
  // also when this answers with an error of the database.
  Result<Flattened> flatten(const Actor& actor, Deadline deadline);
  Result<void> end_flatten(const Actor& actor, Deadline deadline);

 private:
  // A market whose last EXIT_MANUAL did not close it.
  struct Pause {
    int tries = 0;
    SteadyTime until;
  };

  void run();
  void sweep();

  const Parts parts_;
  std::map<std::string, Pause> pauses_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace everbit::trading
