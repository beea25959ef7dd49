#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace everbit::ops {

// What /health answers. A part of the daemon owns a named check and says how it stands; the process
// is ready while every check is good. Live means that a restart would not help. Details are shown
// to whoever reaches the ops listener: no secrets. Any thread.
class Health {
 public:
  // Declares a check that is not good yet, so that the process is not ready before it was heard of.
  void expect(std::string_view check);
  void set(std::string_view check, bool good, std::string_view detail = {});
  // Once false it stays false: systemd is to restart the process.
  void set_dead(std::string_view reason);
  // Draining: not ready any more, whatever the checks say.
  void set_stopping();

  bool live() const;
  bool ready() const;

  // {"status":"UP"|"DOWN","reason":…}
  std::string live_json() const;
  // {"status":"UP"|"DOWN","checks":[{"name":…,"good":…,"detail":…}]}
  std::string ready_json() const;

 private:
  struct Check {
    bool good = false;
    std::string detail;
  };

  bool ready_locked() const;

  mutable std::mutex mutex_;
  std::map<std::string, Check, std::less<>> checks_;
  std::string dead_reason_;
  bool dead_ = false;
  bool stopping_ = false;
};

}  // namespace everbit::ops
