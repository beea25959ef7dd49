#include "plugins/services/worker_service.h"

#include "plugins/buffers.h"
#include "plugins/instance.h"
#include "plugins/worker_pool.h"

namespace everbit::plugins {

namespace {

constexpr std::uint64_t kMaxMessage = 1024 * 1024;
constexpr std::size_t kMaxWaiting = 16;
constexpr auto kLongest = std::chrono::seconds(20);

}  // namespace

WorkerService::WorkerService(Instance& instance, std::shared_ptr<WorkerPool> pool)
    : instance_(instance),
      pool_(std::move(pool)),
      extension_{sizeof(eb_worker_v1), 0, this, submit} {}

void WorkerService::stop() {
  watches_.clear();
  const std::lock_guard lock(running_->mutex);
  running_->stopped = true;
}

bool WorkerService::wait(Deadline deadline) {
  std::unique_lock lock(running_->mutex);
  running_->stopped = true;
  return running_->changed.wait_until(lock, deadline.time(),
                                      [this] { return running_->inside == 0; });
}

eb_status WorkerService::submit(void* ctx, eb_bytes message, std::uint64_t* op) {
  auto& self = *static_cast<WorkerService*>(ctx);
  if (op == nullptr || (message.ptr == nullptr && message.len != 0)) return EB_ERR_ARGUMENT;
  if (message.len > kMaxMessage) return EB_ERR_TOO_LARGE;
  if (!self.instance_.may_serve()) return EB_ERR_STATE;
  {
    const std::lock_guard lock(self.running_->mutex);
    if (self.running_->waiting >= kMaxWaiting) return EB_ERR_BUSY;
    ++self.running_->waiting;
  }
  const auto begun = self.instance_.ops().begin();
  const eb_status status = begun ? self.start(std::string(from_abi(message)), *begun) : EB_ERR_BUSY;
  if (status != EB_OK) {
    const std::lock_guard lock(self.running_->mutex);
    --self.running_->waiting;
    return status;
  }
  *op = *begun;
  return EB_OK;
}

eb_status WorkerService::start(std::string message, std::uint64_t op) {
  const bool queued = pool_->submit(
      [alive = instance_.weak_from_this(), running = running_, op, message = std::move(message)] {
        {
          const std::lock_guard lock(running->mutex);
          --running->waiting;
          if (running->stopped) return;
          ++running->inside;
        }
        // Whoever destroys the instance waits for `inside`, so it cannot go away in between.
        if (const auto instance = alive.lock()) work(*instance, *running, message, op);
        const std::lock_guard lock(running->mutex);
        --running->inside;
        running->changed.notify_all();
      });
  if (!queued) {
    instance_.ops().take(op);
    return EB_ERR_BUSY;
  }
  watches_[op] =
      instance_.strand().post_after(kLongest, [this, op, alive = instance_.weak_from_this()] {
        const auto instance = alive.lock();
        if (!instance || !instance->ops().is_open(op)) return;
        instance->quarantine("work did not return within 20 s");
        instance->complete(op, {EB_ERR_TIMEOUT, 0, {}, {}});
      });
  std::erase_if(watches_,
                [this](const auto& watch) { return !instance_.ops().is_open(watch.first); });
  return EB_OK;
}

void WorkerService::work(Instance& instance, Running& running, const std::string& message,
                         std::uint64_t op) {
  const auto* side = instance.extension<eb_worker_plugin_v1>(EB_EXT_WORKER_PLUGIN);
  OpResult result;
  if (side == nullptr || side->work == nullptr) {
    result.status = EB_ERR_UNSUPPORTED;
  } else {
    StringSink response(kMaxMessage);
    const auto called = instance.call_anywhere("worker.work", [&](void* self) {
      return side->work(self, bytes_of(message), response.get());
    });
    result.status = called.status;
    if (called.ok()) result.body = response.take();
  }
  {
    // Its end was told already, and of an instance that is left behind not even the strand may
    // live.
    const std::lock_guard lock(running.mutex);
    if (running.stopped) return;
  }
  instance.complete(op, std::move(result));
}

}  // namespace everbit::plugins
