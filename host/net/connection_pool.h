#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "net/origin.h"

namespace everbit::net {

class Stream;

// Connections that rest between calls. Any thread. A connection inside is used by nobody.
class ConnectionPool {
 public:
  ConnectionPool(std::chrono::milliseconds keep_idle, std::size_t max_per_origin)
      : keep_idle_(keep_idle), max_per_origin_(max_per_origin) {}

  // The one to `origin` that rested least, if it rested at most `max_rest` and its peer said
  // nothing since.
  std::shared_ptr<Stream> take(const Origin& origin, std::chrono::milliseconds max_rest);
  // Also drops those that rested too long, and the oldest when there are too many.
  void put(std::shared_ptr<Stream> stream);
  void clear();
  [[nodiscard]] std::size_t size() const;

 private:
  struct Resting {
    std::shared_ptr<Stream> stream;
    SteadyTime since;
  };
  static constexpr std::size_t kMaxTotal = 64;

  const std::chrono::milliseconds keep_idle_;
  const std::size_t max_per_origin_;
  mutable std::mutex mutex_;
  std::list<Resting> resting_;  // the least rested first
};

}  // namespace everbit::net
