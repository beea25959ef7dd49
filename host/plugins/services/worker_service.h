#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "everbit/ext/worker.h"
#include "plugins/services/service.h"
#include "plugins/strand.h"

namespace everbit::plugins {

class Instance;
class WorkerPool;

// eb.worker/1 of one instance: copies the message, calls the plugin's work on a worker thread and
// brings its response back as the operation's event. Work over 20 s ends the operation with
// EB_ERR_TIMEOUT and quarantines the instance.
class WorkerService final : public Service {
 public:
  WorkerService(Instance& instance, std::shared_ptr<WorkerPool> pool);
  const void* extension() const override { return &extension_; }
  void stop() override;
  bool wait(Deadline deadline) override;

 private:
  // Shared with the pool's tasks: the service may wait for them, they never keep the instance.
  struct Running {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t waiting = 0;
    std::size_t inside = 0;
    bool stopped = false;
  };

  static eb_status submit(void* ctx, eb_bytes message, std::uint64_t* op);
  eb_status start(std::string message, std::uint64_t op);
  static void work(Instance& instance, Running& running, const std::string& message,
                   std::uint64_t op);

  Instance& instance_;
  std::shared_ptr<WorkerPool> pool_;
  std::shared_ptr<Running> running_ = std::make_shared<Running>();
  // On the strand only.
  std::unordered_map<std::uint64_t, std::unique_ptr<Strand::Timer>> watches_;
  eb_worker_v1 extension_;
};

}  // namespace everbit::plugins
