#include <algorithm>

#include "base/log.h"
#include "plugins/call_scope.h"
#include "plugins/instance.h"

// Every way into the plugin's code, and what the host thinks of how a call went.
namespace everbit::plugins {
namespace {

constexpr std::uint32_t kMaxPosted = 4096;

}  // namespace

Error Instance::state_error(std::string_view callback) const {
  std::string message = "not possible while it is " + std::string(to_string(state()));
  if (quarantined()) message = "the instance is quarantined";
  if (inside_) message = "called from inside another callback of the same instance";
  return {"PLUGIN_STATE", std::string(callback) + ": " + message, options_.name};
}

CallResult Instance::run_lifecycle(std::string_view callback, eb_status (*callee)(void*)) {
  const auto call = [callee](void* self) { return callee(self); };
  inside_ = true;
  auto result = run_anywhere(callback, erase(call));
  inside_ = false;
  return result;
}

CallResult Instance::run_anywhere(std::string_view callback, Erased call) {
  CallScope scope(this, callback);
  CallResult result;
  try {
    result.status = call.invoke(call.f, plugin_.self_plug);
  } catch (...) {
    // Unwinding through the boundary is a broken promise of the plugin's; go on without it.
    result.status = EB_ERR_EXCEPTION;
  }
  if (result.status > 0) result.status = EB_ERR_INTERNAL;
  if (result.status != EB_OK) result.text = scope.take_text();
  return result;
}

CallResult Instance::run(std::string_view callback, InstanceState wanted, Erased call) {
  if (state() != wanted || quarantined() || inside_ || !strand().on_strand()) {
    return {EB_ERR_STATE, state_error(callback).message};
  }
  // Without a budget nobody looks at the time, and reading the clock twice costs more than a
  // candle.
  using Clock = std::chrono::steady_clock;
  const bool timed = options_.budget.has_value();
  const auto began = timed ? Clock::now() : Clock::time_point();
  inside_ = true;
  auto result = run_anywhere(callback, call);
  inside_ = false;
  // Written on the strand alone, so that no read-modify-write is needed.
  calls_.store(calls_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (result.status == EB_ERR_EXCEPTION) quarantine("an exception left " + std::string(callback));
  if (timed) judge(callback, Clock::now() - began);
  return result;
}

void Instance::judge(std::string_view callback, std::chrono::nanoseconds took) {
  if (took.count() > longest_ns_.load(std::memory_order_relaxed)) {
    longest_ns_.store(took.count(), std::memory_order_relaxed);
  }
  if (took > options_.budget->soft) over_soft_.fetch_add(1, std::memory_order_relaxed);
  if (took > options_.budget->hard) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    quarantine(std::string(callback) + " took " + std::to_string(ms) + " ms");
  }
}

void Instance::quarantine(std::string_view reason) {
  if (quarantined_.exchange(true)) return;
  log_critical("plugin_quarantined", {{"plugin", options_.name},
                                      {"plugin_id", manifest_.id},
                                      {"sha256", sha256_},
                                      {"reason", reason}});
  if (options_.on_quarantine) options_.on_quarantine(reason);
}

InstanceStats Instance::stats() const {
  return {calls_.load(), over_soft_.load(), std::chrono::nanoseconds(longest_ns_.load())};
}

bool Instance::may_serve() const {
  return state() == InstanceState::kRunning && !quarantined() && strand().on_strand();
}

bool Instance::post(std::function<void(Instance&)> task) {
  if (posted_.fetch_add(1) >= kMaxPosted) {
    posted_.fetch_sub(1);
    return false;
  }
  strand().post([alive = weak_from_this(), task = std::move(task)] {
    const auto self = alive.lock();
    if (!self) return;
    self->posted_.fetch_sub(1);
    if (self->state() == InstanceState::kRunning) task(*self);
  });
  return true;
}

const void* Instance::extension(std::string_view id) const {
  const auto found =
      std::ranges::find(extensions_, id, &std::pair<std::string_view, const void*>::first);
  return found == extensions_.end() ? nullptr : found->second;
}

}  // namespace everbit::plugins
