#include "plugins/watched_run.h"

#include <future>

#include "unit/plugins/actor.h"

namespace everbit::plugins::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class WatchedRunTest : public testing::Test {
 protected:
  WatchedRunTest() {
    InstanceOptions options;
    options.name = "actor";
    options.clock = &clock_;
    options.strand = make_asio_strand(threads_.io());
    options.budget.reset();
    options.services.workers = std::make_shared<WorkerPool>(1);
    instance_ = Instance::create(actor(), std::move(options)).value();
    EXPECT_TRUE(run_watched(*instance_, [this] { EXPECT_TRUE(instance_->start()); }));
  }
  ~WatchedRunTest() override { EXPECT_TRUE(instance_->close(Deadline::after(seconds(20)))); }

  void call(const std::function<void()>& what) {
    instance_->call("test", [&](void*) -> eb_status {
      what();
      return EB_OK;
    });
  }

  SystemClock clock_;
  Threads threads_{1};
  std::shared_ptr<Instance> instance_;
};

TEST_F(WatchedRunTest, ACallThatDoesNotReturnIsGivenUp) {
  std::promise<void> release;
  EXPECT_FALSE(run_watched(
      *instance_, [&] { call([&] { release.get_future().wait(); }); }, milliseconds(200)));
  release.set_value();
  // The task ends behind our back; it must be over before what it uses goes.
  EXPECT_TRUE(run_watched(*instance_, [] {}));
}

TEST_F(WatchedRunTest, ALongWarmUpOfShortCallsIsWaitedFor) {
  int returned = 0;
  EXPECT_TRUE(run_watched(
      *instance_,
      [&] {
        for (; returned < 9; ++returned) {
          call([] { std::this_thread::sleep_for(milliseconds(500)); });
        }
      },
      seconds(4)));
  EXPECT_EQ(returned, 9);
}

}  // namespace
}  // namespace everbit::plugins::test
