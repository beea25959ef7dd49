#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "trading/control/kill_switch.h"

namespace everbit::trading {

// Keeps the flag in memory as the database and the state folder have it: the row every 100 ms, the
// files as soon as the kernel tells of a change in the folder, and every 200 ms anyway. While the
// database does not answer nothing is read, and after 1 s the switch counts as OFF; the files go on
// being read. Two threads of its own; owned by the application.
class ControlWatcher {
 public:
  explicit ControlWatcher(KillSwitch& kill_switch, StateFolder folder);
  ~ControlWatcher();
  ControlWatcher(const ControlWatcher&) = delete;
  ControlWatcher& operator=(const ControlWatcher&) = delete;

  void stop();

 private:
  void watch_row();
  void look();
  void watch_files();

  KillSwitch& kill_switch_;
  const StateFolder folder_;
  std::string shown_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  int stop_event_ = -1;
  std::thread row_;
  std::thread files_;
};

}  // namespace everbit::trading
