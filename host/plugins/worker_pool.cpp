#include "plugins/worker_pool.h"

#include <chrono>

#include "base/signal_stack.h"

namespace everbit::plugins {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue) : queue_(queue) {
  for (std::size_t n = 0; n < threads; ++n) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  queue_.close();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::submit(std::function<void()> work) {
  return queue_.try_push(std::move(work)) == QueueStatus::kOk;
}

void WorkerPool::run() {
  const SignalStack signal_stack;
  for (;;) {
    if (auto work = queue_.pop(Deadline::after(std::chrono::seconds(1)))) {
      (*work)();
    } else if (queue_.is_closed()) {
      return;
    }
  }
}

}  // namespace everbit::plugins
