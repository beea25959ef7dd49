#include "plugins/instance.h"

#include <cstring>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "plugins/abi_struct.h"
#include "plugins/call_scope.h"
#include "plugins/fields.h"
#include "plugins/host_side.h"
#include "plugins/known_extensions.h"
#include "plugins/library.h"

namespace everbit::plugins {

namespace {

// Instances whose code still runs somewhere; never destroyed.
void leave_behind(std::shared_ptr<Instance> instance) {
  static auto* left = new std::vector<std::shared_ptr<Instance>>;
  static auto* mutex = new std::mutex;
  const std::lock_guard lock(*mutex);
  left->push_back(std::move(instance));
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

}  // namespace everbit::plugins
