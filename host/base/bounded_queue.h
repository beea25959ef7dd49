#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/deadline.h"

namespace everbit {

enum class QueueStatus { kOk, kFull, kClosed };

// A queue between threads that cannot grow without limit: a producer learns that it is full and
// decides what to do. Any number of producers and consumers. After close() nothing goes in, and
// what is inside can still be taken out.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;

  // Does not wait. `item` is moved from only when kOk is returned.
  QueueStatus try_push(T&& item) {
    const std::lock_guard lock(mutex_);
    return put(item);
  }

  // Waits for room; kFull when the deadline came first.
  QueueStatus push(T item, Deadline deadline) {
    std::unique_lock lock(mutex_);
    room_.wait_until(lock, deadline.time(),
                     [this] { return closed_ || items_.size() < capacity_; });
    return put(item);
  }

  // Empty when nothing came before the deadline, or when the queue is closed and drained.
  std::optional<T> pop(Deadline deadline) {
    std::unique_lock lock(mutex_);
    filled_.wait_until(lock, deadline.time(), [this] { return closed_ || !items_.empty(); });
    return take();
  }

  std::optional<T> try_pop() {
    const std::lock_guard lock(mutex_);
    return take();
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
    filled_.notify_all();
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

  std::size_t capacity() const { return capacity_; }

 private:
  QueueStatus put(T& item) {
    if (closed_) return QueueStatus::kClosed;
    if (items_.size() >= capacity_) return QueueStatus::kFull;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return QueueStatus::kOk;
  }

  std::optional<T> take() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    room_.notify_one();
    return item;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace everbit
