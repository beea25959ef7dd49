#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace everbit::mock {

// The rules of the ABI that a plugin was seen to break. Any thread.
class Violations {
 public:
  void add(std::string what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(what));
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  // Takes those that a test expected.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(all_, {});
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

}  // namespace everbit::mock
