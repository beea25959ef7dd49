#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <thread>
#include <vector>

#include "everbit/ext/state.h"
#include "plugins/buffers.h"
#include "plugins/worker_pool.h"
#include "unit/plugins/fixture.h"

namespace everbit::plugins::test {

// Commands of fixtures/actor.c.
enum Act : std::int32_t {
  kTimer = 100,
  kTimerCancel,
  kWork,
  kWorkLong,
  kSleep,
  kHttp,
  kFail,
  kHttpCancel,
  kCount,
  kWs,
  kWsClose
};

inline const LoadedPlugin& actor() {
  static const LoadedPlugin loaded = [] {
    const auto file = fixture("actor");
    auto loader = loader_for({listed(file, {"eb.timer/1", "eb.worker/1", "eb.http/1", "eb.ws/1"},
                                     "kr.everbit.test.actor", "notifier")});
    return loader.load(file, Kind::kNotifier).value();
  }();
  return loaded;
}

// I/O threads for Asio strands.
class Threads {
 public:
  explicit Threads(int n = 3) {
    for (int i = 0; i < n; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~Threads() {
    guard_.reset();
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }
  boost::asio::io_context& io() { return io_; }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  std::vector<std::thread> threads_;
};

inline Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }

// On the strand, with its result.
template <class F>
auto on_strand(Instance& instance, F function) {
  using R = decltype(function());
  auto result = std::make_shared<std::optional<R>>();
  EXPECT_TRUE(run_on(
      instance.strand(), [result, function]() mutable { result->emplace(function()); }, soon()));
  return std::move(**result);
}

inline CallResult act(Instance& instance, Act command) {
  return on_strand(instance, [&instance, command] {
    eb_control event{};
    event.head = {sizeof event, EB_EVENT_CONTROL, 0, 0, 0};
    event.command = command;
    return instance.deliver(event.head);
  });
}

// What the actor wrote down since the last time.
inline std::string story(Instance& instance) {
  return on_strand(instance, [&instance] {
    StringSink blob(100'000);
    const auto* state = instance.extension<eb_state_v1>(EB_EXT_STATE);
    instance.call_anywhere("save", [&](void* self) { return state->save(self, blob.get()); });
    std::string text = blob.take();
    return text.substr(0, text.find("count="));
  });
}

// Waits until the story holds `part`; gives all that was told until then.
inline std::string story_with(Instance& instance, const std::string& part) {
  std::string told;
  const auto deadline = soon();
  while (told.find(part) == std::string::npos && !deadline.expired()) {
    told += story(instance);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_NE(told.find(part), std::string::npos) << told;
  return told;
}

}  // namespace everbit::plugins::test
