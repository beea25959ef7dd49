#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

#include "base/deadline.h"

namespace everbit {

// Stopping something safely means knowing that nobody is inside it any more. Work takes a Pass and
// holds it while it runs; close() lets nobody in and waits until the last Pass is gone. Every
// long-lived object that others call has one. Any thread; the gate outlives its passes.
class Gate {
 public:
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    friend class Gate;
    explicit Pass(Gate* gate) : gate_(gate) {}
    Gate* gate_;
  };

  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Empty once the gate is closing.
  std::optional<Pass> enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return std::nullopt;
    ++inside_;
    return Pass(this);
  }

  // False when the deadline came first: somebody is still inside, and the gate stays closed.
  bool close(Deadline deadline) {
    std::unique_lock lock(mutex_);
    closed_ = true;
    return empty_.wait_until(lock, deadline.time(), [this] { return inside_ == 0; });
  }

  // Lets work in again, after a cut-over that was called off.
  void reopen() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

  std::size_t inside() const {
    const std::lock_guard lock(mutex_);
    return inside_;
  }

 private:
  void leave() {
    // Notified under the lock: close() may destroy the gate as soon as it sees zero.
    const std::lock_guard lock(mutex_);
    if (--inside_ == 0) empty_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace everbit
