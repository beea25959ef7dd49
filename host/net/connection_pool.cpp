#include "net/connection_pool.h"

#include <algorithm>
#include <utility>

#include "net/stream.h"

namespace everbit::net {

std::shared_ptr<Stream> ConnectionPool::take(const Origin& origin,
                                             std::chrono::milliseconds max_rest) {
  const SteadyTime oldest = std::chrono::steady_clock::now() - std::min(max_rest, keep_idle_);
  const std::lock_guard lock(mutex_);
  for (auto it = resting_.begin(); it != resting_.end() && it->since >= oldest;) {
    if (it->stream->origin() != origin) {
      ++it;
      continue;
    }
    std::shared_ptr<Stream> stream = std::move(it->stream);
    it = resting_.erase(it);
    if (stream->is_quiet()) return stream;
  }
  return nullptr;
}

void ConnectionPool::put(std::shared_ptr<Stream> stream) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const Origin origin = stream->origin();
  const std::lock_guard lock(mutex_);
  resting_.push_front({std::move(stream), now});
  resting_.remove_if([&](const Resting& r) { return r.since < now - keep_idle_; });
  std::size_t same = 0;
  resting_.remove_if(
      [&](const Resting& r) { return r.stream->origin() == origin && ++same > max_per_origin_; });
  while (resting_.size() > kMaxTotal) resting_.pop_back();
}

void ConnectionPool::clear() {
  const std::lock_guard lock(mutex_);
  resting_.clear();
}

std::size_t ConnectionPool::size() const {
  const std::lock_guard lock(mutex_);
  return resting_.size();
}

}  // namespace everbit::net
