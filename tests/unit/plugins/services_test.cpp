#include <gtest/gtest.h>

#include "unit/plugins/actor.h"

namespace everbit::plugins::test {
namespace {

// Stands still, and counts how often it was read.
class WatchedClock final : public Clock {
 public:
  Timestamp now() const override {
    ++reads_;
    return clock_.now();
  }
  SteadyTime steady_now() const override { return clock_.steady_now(); }
  void set(Timestamp now) { clock_.set(now); }
  int reads() const { return reads_; }

 private:
  ManualClock clock_;
  mutable std::atomic<int> reads_{0};
};

class ServicesTest : public ::testing::Test {
 protected:
  std::shared_ptr<Instance> run(InstanceOptions options = {}) {
    options.name = "actor";
    if (options.clock == nullptr) options.clock = &system_clock_;
    if (!options.strand) options.strand = make_asio_strand(threads_.io());
    // A busy machine is no fault of the plugin's.
    options.budget.reset();
    options.services.workers = workers_;
    auto made = Instance::create(actor(), std::move(options));
    EXPECT_TRUE(made) << to_string(made.error());
    const auto started = on_strand(**made, [&] { return (*made)->start(); });
    EXPECT_TRUE(started);
    EXPECT_EQ(story(**made), "start;");
    return *made;
  }

  SystemClock system_clock_;
  ManualClock manual_clock_;
  Threads threads_;
  std::shared_ptr<WorkerPool> workers_ = std::make_shared<WorkerPool>(2);
};

TEST_F(ServicesTest, ATimerFiresOnce) {
  const auto instance = run();
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(act(*instance, kTimer).ok());
  EXPECT_EQ(story_with(*instance, "timer;"), "timer;");
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(19));
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  EXPECT_EQ(story(*instance), "");
  EXPECT_TRUE(instance->close(soon()));
}

TEST_F(ServicesTest, ACancelledTimerNeverFires) {
  InstanceOptions options;
  options.clock = &manual_clock_;
  const auto instance = run(options);
  ASSERT_TRUE(act(*instance, kTimer).ok());
  EXPECT_TRUE(act(*instance, kTimerCancel).ok());
  EXPECT_EQ(act(*instance, kTimerCancel).status, EB_ERR_NOT_FOUND);
  manual_clock_.advance(std::chrono::milliseconds(20));
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  EXPECT_EQ(story(*instance), "");
  EXPECT_TRUE(instance->close(soon()));
}

TEST_F(ServicesTest, ATimerDoesNotFireEarlyWhenTradingTimeStandsStill) {
  InstanceOptions options;
  options.clock = &manual_clock_;
  const auto instance = run(options);
  ASSERT_TRUE(act(*instance, kTimer).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  EXPECT_EQ(story(*instance), "");
  manual_clock_.advance(std::chrono::milliseconds(20));
  EXPECT_EQ(story_with(*instance, "timer;"), "timer;");
  EXPECT_TRUE(instance->close(soon()));
}

TEST_F(ServicesTest, InABackTestThereIsNoTimer) {
  InstanceOptions options;
  options.strand = std::make_shared<DriverStrand>();
  const auto instance = run(options);
  EXPECT_EQ(act(*instance, kTimer).status, EB_ERR_UNSUPPORTED);
}

TEST_F(ServicesTest, WorkComesBackAsOneEvent) {
  const auto instance = run();
  ASSERT_TRUE(act(*instance, kWork).ok());
  EXPECT_EQ(story_with(*instance, "done:"), "done:0;quick;");
  EXPECT_TRUE(instance->close(soon()));
}

TEST_F(ServicesTest, MoreThanSixteenWaitingJobsAreRefused) {
  InstanceOptions options;
  options.clock = &manual_clock_;
  const auto instance = run(options);
  int accepted = 0;
  for (int n = 0; n < 40; ++n) {
    if (act(*instance, kWorkLong).ok()) ++accepted;
  }
  EXPECT_GE(accepted, 16);
  EXPECT_LE(accepted, 18) << "sixteen that wait, and two in the pool's threads";
  manual_clock_.set(Timestamp::from_seconds(5'000'000'000));
  std::string told;
  for (int n = 0; n < accepted; ++n) told += n == 0 ? story_with(*instance, "done:0") : "";
  EXPECT_TRUE(instance->close(soon()));
}

TEST_F(ServicesTest, StoppingEndsOpenWorkOnceAndNothingComesAfter) {
  InstanceOptions options;
  options.clock = &manual_clock_;
  const auto instance = run(options);
  ASSERT_TRUE(act(*instance, kWorkLong).ok());
  ASSERT_TRUE(on_strand(*instance, [&] { return instance->stop(); }));
  EXPECT_EQ(story(*instance), "done:-403;;stop;");
  manual_clock_.set(Timestamp::from_seconds(5'000'000'000));
  EXPECT_TRUE(instance->close(soon()));
  EXPECT_EQ(instance->state(), InstanceState::kDestroyed);
}

TEST_F(ServicesTest, AnInstanceWhoseWorkHangsIsLeftBehindAndNeverDestroyed) {
  // Never destroyed: what is left behind reads it while the process ends.
  static auto& clock = *new WatchedClock;
  InstanceOptions options;
  options.clock = &clock;
  const auto instance = run(options);
  ASSERT_TRUE(act(*instance, kWorkLong).ok());
  // Once the work has begun, which reads the clock, nothing can take it back.
  const auto deadline = soon();
  for (const int seen = clock.reads(); clock.reads() < seen + 3 && !deadline.expired();) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_FALSE(instance->close(Deadline::after(std::chrono::milliseconds(100))));
  EXPECT_EQ(instance->state(), InstanceState::kStopped);
  clock.set(Timestamp::from_seconds(5'000'000'000));
}

TEST_F(ServicesTest, CallbacksAreSerialisedWhoeverPosts) {
  const auto instance = run();
  std::vector<std::thread> posters;
  std::atomic<int> accepted{0};
  for (int n = 0; n < 4; ++n) {
    posters.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        accepted += instance->post([](Instance& self) {
          eb_control event{};
          event.head = {sizeof event, EB_EVENT_CONTROL, 0, 0, 0};
          event.command = kCount;
          self.deliver(event.head);
        });
      }
    });
  }
  for (auto& poster : posters) poster.join();
  const std::string told = on_strand(*instance, [&] {
    StringSink blob(100'000);
    const auto* state = instance->extension<eb_state_v1>(EB_EXT_STATE);
    instance->call_anywhere("save", [&](void* self) { return state->save(self, blob.get()); });
    return blob.take();
  });
  EXPECT_EQ(told, "count=" + std::to_string(accepted.load()));
  EXPECT_TRUE(instance->close(soon()));
}

}  // namespace
}  // namespace everbit::plugins::test
