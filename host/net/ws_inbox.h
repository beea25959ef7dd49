#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <utility>

namespace everbit::net {

// Counts the messages that are on their way to the owner, so that the reader stops when they are
// too many. One reader, on its strand; any number of consumers.
class WsInbox {
 public:
  // `room` is called by the consumer that makes room while the reader waits; on the consumer's
  // thread.
  WsInbox(std::size_t max_messages, std::size_t max_bytes, std::function<void()> room)
      : max_messages_(max_messages), max_bytes_(max_bytes), room_(std::move(room)) {}

  void add(std::size_t bytes) {
    ++messages_;
    bytes_ += bytes;
  }

  void remove(std::size_t bytes) {
    --messages_;
    bytes_ -= bytes;
    if (!is_over() && waiting_.exchange(false)) room_();
  }

  // Reader only. True: wait until `room` is called.
  bool must_wait() {
    if (!is_over()) return false;
    waiting_ = true;
    if (is_over()) return true;
    // Whoever cleared the flag in between also calls `room`, which then finds nobody waiting.
    waiting_ = false;
    return false;
  }

 private:
  bool is_over() const { return messages_ >= max_messages_ || bytes_ >= max_bytes_; }

  const std::size_t max_messages_;
  const std::size_t max_bytes_;
  const std::function<void()> room_;
  std::atomic<std::size_t> messages_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<bool> waiting_{false};
};

}  // namespace everbit::net
