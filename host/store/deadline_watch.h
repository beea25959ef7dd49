#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/deadline.h"

namespace everbit::store {

class WatchedSocket;

// libpqxx blocks until the server answers and takes no deadline. This cuts the socket of a session
// whose caller has waited long enough, so that the blocked call ends with an error. One thread for
// all sessions of the process; it lives as long as one of them does. Any thread.
class DeadlineWatch {
 public:
  static std::shared_ptr<DeadlineWatch> shared();

  DeadlineWatch();
  ~DeadlineWatch();
  DeadlineWatch(const DeadlineWatch&) = delete;
  DeadlineWatch& operator=(const DeadlineWatch&) = delete;

 private:
  friend class WatchedSocket;
  void run();
  SteadyTime cut_what_is_late(SteadyTime now);

  std::mutex mutex_;  // guards all that follows, and the state of every WatchedSocket
  std::condition_variable changed_;
  std::vector<WatchedSocket*> sockets_;
  SteadyTime wakes_at_ = SteadyTime::max();
  bool stopping_ = false;
  std::thread thread_;
};

// The socket of one session, under watch from arm() to disarm(). It holds a descriptor of its own
// for the same socket: what libpq closes, and what another thread then opens under that number, is
// never touched. One thread at a time.
class WatchedSocket {
 public:
  // Borrows the descriptor for the time of the call. Throws std::system_error without descriptors.
  WatchedSocket(std::shared_ptr<DeadlineWatch> watch, int socket);
  ~WatchedSocket();
  WatchedSocket(const WatchedSocket&) = delete;
  WatchedSocket& operator=(const WatchedSocket&) = delete;

  void arm(Deadline deadline);
  // After it returns the watch does not touch the socket. False when the socket was cut.
  bool disarm();
  // At once, and for good.
  void cut();

 private:
  friend class DeadlineWatch;
  void shut_down();

  const std::shared_ptr<DeadlineWatch> watch_;
  const int descriptor_;
  SteadyTime deadline_ = SteadyTime::max();  // max: not armed
  bool cut_ = false;
};

}  // namespace everbit::store
