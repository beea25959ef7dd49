#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bus-postgres/connection.h"
#include "bus-postgres/waiter.h"

namespace everbit::bus_postgres {

// The process's line to the other processes: one thread with one connection that holds the advisory
// lock saying that this owner of lanes lives, hears of events that others have published, and tells
// them of ours, at most every 50 ms and never inside a domain transaction. It never calls the host.
class Signal {
 public:
  Signal(const std::string& url, std::string instance);
  ~Signal();

  // [ctl] Connects for the first time; the thread keeps the connection up from then on.
  eb_status start();
  const std::string& error() const { return connection_.error(); }

  // The name under which lanes may be claimed; empty while its lock is not held. A new connection
  // has a new name: a name is no fence, the lane's epoch is.
  std::string owner() const;

  void add(const std::string& stream, Waiter* waiter);
  void remove(Waiter* waiter);
  // Wakes the fetches of the stream in this process.
  void wake(std::string_view stream);
  // Tells the other processes soon; does not block.
  void announce(std::string_view stream);

 private:
  void run();
  void serve(SteadyTime until);
  bool connect();
  void hear();
  void tell();
  void disconnect();

  const std::string instance_;
  Connection connection_;
  int wake_fd_;
  std::atomic<bool> stopping_{false};
  SteadyTime next_tell_{};

  mutable std::mutex mutex_;
  std::string owner_;
  std::multimap<std::string, Waiter*, std::less<>> waiters_;
  std::set<std::string, std::less<>> untold_;

  std::thread thread_;
};

}  // namespace everbit::bus_postgres
