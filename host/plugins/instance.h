#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "everbit/plugin.h"
#include "plugins/call_result.h"
#include "plugins/loader.h"
#include "plugins/op_table.h"
#include "plugins/services.h"
#include "plugins/strand.h"

namespace everbit::plugins {

class HostSide;

// How long one callback on the strand may take: past `soft` it is counted, past `hard` the instance
// is quarantined when it returns.
struct Budget {
  std::chrono::nanoseconds soft = std::chrono::milliseconds(5);
  std::chrono::nanoseconds hard = std::chrono::milliseconds(250);
};

struct InstanceOptions {
  // Unique in the process; in every log line of the plugin.
  std::string name;
  // Strategies only.
  std::string strategy_key;
  std::string market;
  std::int32_t mode = 0;  // EB_MODE_*
  std::int32_t signal_s = 0;
  std::int32_t macro_s = 0;
  std::int32_t long_s = 0;
  std::vector<std::pair<std::string, std::string>> params;

  // Trading time. Outlives the instance, also one that is left behind.
  const Clock* clock = nullptr;
  std::shared_ptr<Strand> strand;
  // What stands behind the host's extensions; a service that is absent is not granted.
  Services services;
  // Nothing: no limits (back-test).
  std::optional<Budget> budget = Budget{};
  // Called on the strand, once, when the host stops trusting the instance.
  std::function<void(std::string_view reason)> on_quarantine;
};

enum class InstanceState { kCreated, kRunning, kStopped, kDestroyed };
std::string_view to_string(InstanceState state);

struct InstanceStats {
  std::uint64_t calls = 0;
  std::uint64_t over_soft_budget = 0;
  std::chrono::nanoseconds longest{0};
};

// One instance of a plugin and everything the host keeps for it: its strand, its half of the ABI,
// its open operations. It enforces the life cycle (created, running, stopped, destroyed) and the
// rules of the ABI around every callback: serialised, not re-entered, budgeted, the text of
// set_error caught, an exception turned into a status. Owned by whoever made it; nothing else may
// prolong its life beyond the work it has posted.
//
// Tags: [ctl] a control thread, not concurrent with the strand's calls; [strand] on strand().
class Instance : public std::enable_shared_from_this<Instance> {
 public:
  // [ctl] Codes: PLUGIN_NOT_AVAILABLE (a required extension has no service here), PLUGIN_INSTANCE
  // (what create filled in is not whole), or the status' name with the plugin's text.
  static Result<std::shared_ptr<Instance>> create(const LoadedPlugin& plugin,
                                                  InstanceOptions options);
  // [ctl] destroys what close() has not.
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // [strand] Code PLUGIN_STATE when the life cycle forbids it.
  Result<void> start();
  // [strand] Ends every open operation with its terminal event, then stops. No event comes after.
  Result<void> stop();
  // [ctl] Stops on the strand if it runs, waiting for open operations and running work until the
  // deadline, then destroys. False when work of the plugin is still running: then the instance is
  // left behind for ever.
  bool close(Deadline deadline);

  // [strand & running] Hands over an event; its seq is set here.
  CallResult deliver(eb_event& event);
  // [strand] The number of the next event, for one that goes through an extension (candle_close).
  std::uint64_t next_seq() { return ++seq_; }
  // [any] Runs the task on the strand if the instance runs then. False when 4,096 tasks wait.
  bool post(std::function<void(Instance&)> task);

  // [strand & running] One callback of an extension: f(self_plug) -> eb_status.
  template <class F>
  CallResult call(std::string_view callback, F&& f) {
    return run(callback, InstanceState::kRunning, erase(f));
  }
  // [strand & created] the same, before start (eb.state/1 load).
  template <class F>
  CallResult call_created(std::string_view callback, F&& f) {
    return run(callback, InstanceState::kCreated, erase(f));
  }
  // [any] A callback tagged [any], [tx], [worker] or [ctl]: only the error's text is caught.
  template <class F>
  CallResult call_anywhere(std::string_view callback, F&& f) {
    return run_anywhere(callback, erase(f));
  }

  // [any] The plugin's side of an extension, or null: asked once, after create, for every id of
  // known_extensions.h, and refused when its struct is smaller than the first release had it.
  const void* extension(std::string_view id) const;
  template <class T>
  const T* extension(std::string_view id) const {
    return static_cast<const T*>(extension(id));
  }

  Strand& strand() const { return *options_.strand; }
  const InstanceOptions& options() const { return options_; }
  const Manifest& manifest() const { return manifest_; }
  const std::string& sha256() const { return sha256_; }
  InstanceState state() const { return state_.load(); }
  bool quarantined() const { return quarantined_.load(); }
  // [strand] Takes every further callback away from the instance, except stop and destroy.
  void quarantine(std::string_view reason);
  InstanceStats stats() const;

  // For the services.
  OpTable& ops() { return ops_; }
  // [any] Ends an operation with its one event; ignored if it has ended.
  void complete(std::uint64_t op, OpResult result);
  // [strand] Asks every open operation to end by itself.
  void cancel_open();
  // [strand] Ends what is still open: CANCELLED where no byte left, else UNKNOWN_OUTCOME.
  void end_open();
  // [any] Whether the caller may use a service tagged [strand & running].
  bool may_serve() const;

 private:
  friend class HostSide;
  friend class CallScope;

  // A call without allocation.
  struct Erased {
    void* f;
    eb_status (*invoke)(void* f, void* self_plug);
  };
  template <class F>
  static Erased erase(F& f) {
    return {const_cast<void*>(static_cast<const void*>(std::addressof(f))),
            [](void* target, void* self) -> eb_status {
              return (*static_cast<std::remove_reference_t<F>*>(target))(self);
            }};
  }

  Instance(const LoadedPlugin& plugin, InstanceOptions options);
  Result<void> create_plugin(const eb_factory& factory);
  Result<void> ask_extensions();
  CallResult run(std::string_view callback, InstanceState wanted, Erased call);
  CallResult run_anywhere(std::string_view callback, Erased call);
  CallResult run_lifecycle(std::string_view callback, eb_status (*callee)(void*));
  void judge(std::string_view callback, std::chrono::nanoseconds took);
  void deliver_end(std::uint64_t op, const OpResult& result);
  void destroy_plugin();
  Error state_error(std::string_view callback) const;

  InstanceOptions options_;
  Manifest manifest_;
  std::string sha256_;
  const Library* library_;
  eb_plugin plugin_{};
  std::vector<std::pair<std::string_view, const void*>> extensions_;
  std::atomic<InstanceState> state_{InstanceState::kCreated};
  std::atomic<bool> quarantined_{false};
  std::atomic<std::uint32_t> posted_{0};
  OpTable ops_;
  std::uint64_t seq_ = 0;
  bool inside_ = false;
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> over_soft_{0};
  std::atomic<std::int64_t> longest_ns_{0};
  // The host's half; destroyed after the plugin's.
  std::unique_ptr<HostSide> host_side_;
};

}  // namespace everbit::plugins
