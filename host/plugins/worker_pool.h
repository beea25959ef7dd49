#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"

namespace everbit::plugins {

// The threads on which plugins do long work, shared by all instances. Bounded; destroying it waits
// for the work that runs, so whatever may hang is left behind before (Instance::close).
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads = 2, std::size_t queue = 256);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full.
  bool submit(std::function<void()> work);

 private:
  void run();

  BoundedQueue<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace everbit::plugins
