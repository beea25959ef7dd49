#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "everbit/ext/strategy.h"
#include "everbit/plugin.h"
#include "mock/arena.h"
#include "mock/candle.h"
#include "mock/decision.h"
#include "mock/host.h"

namespace everbit::mock {

struct Args {
  std::string instance = "test";
  std::string strategy_key = "TEST";
  std::string market = "KRW-BTC";
  std::int32_t mode = EB_MODE_BACKTEST;
  std::int32_t signal_s = 60;
  std::int32_t macro_s = 3600;
  std::int32_t long_s = 86400;
  std::vector<std::pair<std::string, std::string>> params;
};

// The answer to an operation.
struct Answer {
  eb_status status = EB_OK;
  std::int32_t http_status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// One instance of a plugin in a mock host. Each call runs where a strand would run it: by default
// on another OS thread each time, so that thread_local is found out. What is lent to a call is
// poisoned after it. Destroys the plugin's instance. The test's thread.
class Instance {
 public:
  // `module` is what the plugin's entry returns.
  explicit Instance(const eb_module* module, Args args = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // What the plugin's functions return, unjudged: a test asks for EB_OK where it expects it.
  eb_status create();
  eb_status start();
  eb_status stop();
  void destroy();

  Host& host() { return host_; }
  std::vector<std::string> violations() const { return host_.violations.all(); }
  // The text of the last set_error, or empty.
  std::string last_error() const;
  // Calls then run on the test's own thread: a debugger's friend.
  void stay_on_this_thread() { hop_ = false; }

  // The plugin's side of an extension, or null.
  template <class T>
  const T* extension(std::string_view id) {
    return static_cast<const T*>(find_extension(id));
  }
  void* self() const { return plugin_.self_plug; }

  // Runs a call as the strand would.
  eb_status call(const std::function<eb_status(void* self_plug)>& function);
  // Hands over an event; size and seq are filled in.
  eb_status deliver(eb_event& event, Arena& lent);

  // Strategies: one candle, with the position as it is then. Empty: nothing was decided. A sink
  // that is called twice, not at all when a decision was wanted, or after the call is a violation.
  std::optional<Decision> feed(const Candle& candle, const Position& position = {});
  eb_status last_status() const { return last_status_; }
  const std::vector<std::pair<std::string, double>>& last_values() const { return values_; }
  // eb.state/1 into text and back.
  std::string save();
  eb_status load(const std::string& blob, std::uint32_t version = 1);

  // Moves the clock and fires what is due, in order.
  void advance_to(eb_ts time);
  // Ends an open operation with its one event.
  eb_status answer(std::uint64_t op, const Answer& answer);
  // Runs all submitted work, each on a worker thread, and delivers the responses.
  void run_work();
  // EB_WS_OPEN, EB_WS_MESSAGE or EB_WS_CLOSED of a connection.
  eb_status ws_event(std::uint64_t connection, std::int32_t what, const std::string& message = {});

 private:
  struct Ear;
  enum class Life { kNone, kCreated, kRunning, kStopped };

  const void* find_extension(std::string_view id);
  void run(const std::function<void()>& body);
  Arena& lend();

  const eb_module* module_;
  Args args_;
  Host host_;
  eb_plugin plugin_{};
  Life life_ = Life::kNone;
  bool hop_ = true;
  std::uint64_t seq_ = 0;
  eb_status last_status_ = EB_OK;
  std::vector<std::pair<std::string, double>> values_;
  // Kept and poisoned until the end.
  std::vector<std::unique_ptr<Arena>> lent_;
  std::vector<std::unique_ptr<Ear>> ears_;
};

}  // namespace everbit::mock
