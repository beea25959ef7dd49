#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "bus-postgres/subscription.h"

namespace everbit::bus_postgres {

// Keeps the hot table small: vacuums it when enough rows have gone or enough time has passed, and
// rebuilds its index when that has grown out of proportion. Autovacuum alone comes too late for a
// table that turns over many times a minute. A thread of its own, which never calls the host.
class Maintenance {
 public:
  Maintenance(const std::string& url, Shared& shared);
  ~Maintenance();

 private:
  void run();
  bool due(SteadyTime now);
  void vacuum();
  void rebuild_bloated_index();

  Shared& shared_;
  Connection connection_;
  std::uint64_t settled_before_ = 0;
  SteadyTime last_{};
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace everbit::bus_postgres
