#include "plugins/instance.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "plugins/abi_struct.h"
#include "plugins/buffers.h"
#include "plugins/call_scope.h"
#include "plugins/host_side.h"
#include "plugins/known_extensions.h"
#include "plugins/library.h"

namespace everbit::plugins {

namespace {

constexpr std::uint32_t kMaxPosted = 4096;

// Instances whose code still runs somewhere; never destroyed.
void leave_behind(std::shared_ptr<Instance> instance) {
  static auto* left = new std::vector<std::shared_ptr<Instance>>;
  static auto* mutex = new std::mutex;
  const std::lock_guard lock(*mutex);
  left->push_back(std::move(instance));
}

std::vector<eb_field> to_fields(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<eb_field> fields;
  fields.reserve(pairs.size());
  for (const auto& [key, value] : pairs) fields.push_back({to_abi(key), to_abi(value)});
  return fields;
}

}  // namespace

std::string_view to_string(InstanceState state) {
  switch (state) {
    case InstanceState::kCreated:
      return "created";
    case InstanceState::kRunning:
      return "running";
    case InstanceState::kStopped:
      return "stopped";
    case InstanceState::kDestroyed:
      return "destroyed";
  }
  return "?";
}

Instance::Instance(const LoadedPlugin& plugin, InstanceOptions options)
    : options_(std::move(options)),
      manifest_(plugin.manifest),
      sha256_(plugin.sha256),
      library_(plugin.library) {}

Result<std::shared_ptr<Instance>> Instance::create(const LoadedPlugin& plugin,
                                                   InstanceOptions options) {
  std::shared_ptr<Instance> instance(new Instance(plugin, std::move(options)));
  auto side = HostSide::make(*instance, plugin.grants);
  if (!side) return side.error();
  instance->host_side_ = std::move(*side);
  if (auto created = instance->create_plugin(plugin.library->factory()); !created) {
    instance->state_ = InstanceState::kDestroyed;
    return created.error();
  }
  return instance;
}

Result<void> Instance::create_plugin(const eb_factory& factory) {
  const auto params = to_fields(options_.params);
  eb_create_args args{};
  args.size = sizeof args;
  args.instance = to_abi(options_.name);
  args.strategy_key = to_abi(options_.strategy_key);
  args.market = to_abi(options_.market);
  args.mode = options_.mode;
  args.signal_s = options_.signal_s;
  args.macro_s = options_.macro_s;
  args.long_s = options_.long_s;
  args.n_params = static_cast<std::uint32_t>(params.size());
  args.params = params.data();
  plugin_ = {};
  plugin_.size = sizeof plugin_;
  const auto created = call_anywhere(
      "create", [&](void*) { return factory.create(host_side_->get(), &args, &plugin_); });
  if (!created.ok()) return created.to_result(options_.name);
  if (plugin_.size < kPluginBaseline || plugin_.start == nullptr || plugin_.stop == nullptr ||
      plugin_.destroy == nullptr || plugin_.on_event == nullptr ||
      plugin_.get_extension == nullptr) {
    return Error("PLUGIN_INSTANCE", "create left functions of the instance empty", options_.name);
  }
  auto asked = ask_extensions();
  if (!asked) destroy_plugin();
  return asked;
}

Instance::~Instance() {
  if (state_ == InstanceState::kDestroyed) return;
  // Nobody can run anything for it any more: every posted task holds a weak pointer.
  if (state_ == InstanceState::kRunning) {
    run_lifecycle("stop", plugin_.stop);
    state_ = InstanceState::kStopped;
  }
  destroy_plugin();
}

void Instance::destroy_plugin() {
  const CallScope scope(this, "destroy");
  plugin_.destroy(plugin_.self_plug);
  state_ = InstanceState::kDestroyed;
}

Error Instance::state_error(std::string_view callback) const {
  std::string message = "not possible while it is " + std::string(to_string(state()));
  if (quarantined()) message = "the instance is quarantined";
  if (inside_) message = "called from inside another callback of the same instance";
  return {"PLUGIN_STATE", std::string(callback) + ": " + message, options_.name};
}

Result<void> Instance::start() {
  if (state() != InstanceState::kCreated || quarantined() || inside_ || !strand().on_strand()) {
    return state_error("start");
  }
  // Services may be used from inside start.
  state_ = InstanceState::kRunning;
  const auto started = run_lifecycle("start", plugin_.start);
  if (!started.ok()) {
    end_open();
    state_ = InstanceState::kStopped;
    host_side_->stop();
  }
  return started.to_result(options_.name);
}

Result<void> Instance::stop() {
  if (state() != InstanceState::kRunning || inside_ || !strand().on_strand()) {
    return state_error("stop");
  }
  end_open();
  host_side_->stop();
  const auto stopped = run_lifecycle("stop", plugin_.stop);
  state_ = InstanceState::kStopped;
  // Started from inside stop, against the rules: ended without an event.
  ops_.take_all();
  return stopped.to_result(options_.name);
}

bool Instance::close(Deadline deadline) {
  const auto self = shared_from_this();
  if (state() == InstanceState::kDestroyed) return true;
  if (state() == InstanceState::kRunning) {
    const bool asked = run_on(
        strand(), [self] { self->cancel_open(); }, deadline);
    // Half of the time for operations to end by themselves, so that they tell what is true.
    const auto patience = Deadline::after(deadline.remaining() / 2);
    while (asked && !strand().on_strand() && ops_.open_count() != 0 && !patience.expired()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const bool stopped = run_on(
        strand(),
        [self] {
          if (self->state() == InstanceState::kRunning) static_cast<void>(self->stop());
        },
        deadline);
    if (!asked || !stopped) {
      leave_behind(self);
      return false;
    }
  }
  if (!host_side_->wait(deadline)) {
    log_error("plugin_left_behind", {{"plugin", options_.name}, {"sha256", sha256_}});
    leave_behind(self);
    return false;
  }
  destroy_plugin();
  return true;
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

CallResult Instance::deliver(eb_event& event) {
  if (state() != InstanceState::kRunning || inside_) {
    return {EB_ERR_STATE, state_error("on_event").message};
  }
  event.seq = next_seq();
  return call("on_event", [&](void* self) { return plugin_.on_event(self, &event); });
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

Result<void> Instance::ask_extensions() {
  const CallScope scope(this, "get_extension");
  for (const auto& known : known_extensions()) {
    const void* side = plugin_.get_extension(plugin_.self_plug, to_abi(known.id));
    if (side == nullptr) continue;
    std::uint32_t size = 0;
    std::memcpy(&size, side, sizeof size);
    if (size < known.baseline) {
      return Error("PLUGIN_INSTANCE", "the struct of its extension is smaller than generation 1's",
                   std::string(known.id));
    }
    extensions_.emplace_back(known.id, side);
  }
  return {};
}

const void* Instance::extension(std::string_view id) const {
  const auto found =
      std::ranges::find(extensions_, id, &std::pair<std::string_view, const void*>::first);
  return found == extensions_.end() ? nullptr : found->second;
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

void Instance::complete(std::uint64_t op, OpResult result) {
  strand().post([alive = weak_from_this(), op, result = std::move(result)] {
    const auto self = alive.lock();
    if (self && self->ops_.take(op)) self->deliver_end(op, result);
  });
}

void Instance::cancel_open() {
  for (const std::uint64_t op : ops_.open()) ops_.request_cancel(op);
}

void Instance::end_open() {
  for (const auto& ended : ops_.take_all()) {
    if (ended.cancel) ended.cancel();
    deliver_end(ended.op, {ended.status, 0, {}, {}});
  }
}

void Instance::deliver_end(std::uint64_t op, const OpResult& result) {
  const auto headers = to_fields(result.headers);
  eb_op_done event{};
  event.head = {sizeof event, EB_EVENT_OP_DONE, 0, 0, options_.clock->now().ns()};
  event.op = op;
  event.status = result.status;
  event.http_status = result.http_status;
  event.headers = headers.data();
  event.n_headers = static_cast<std::uint32_t>(headers.size());
  event.body = bytes_of(result.body);
  deliver(event.head);
}

}  // namespace everbit::plugins
