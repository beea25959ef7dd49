#include "plugins/black_box.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <functional>

#include "base/files.h"
#include "net/io_threads.h"
#include "unit/plugins/actor.h"

namespace everbit::plugins::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kSha =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// Each frame is in use until its call has returned, and is large: a thread's stack is used up
// before a sanitizer's own record of the calls is.
[[gnu::noinline]] int fall_without_end(const volatile int* above) {
  std::array<volatile int, 1024> frame;
  frame[0] = *above + 1;
  if (frame[0] < 0) return 0;
  return fall_without_end(frame.data()) + frame[0];
}

class BlackBoxTest : public testing::Test {
 protected:
  // A process with a black box and an instance does it; how that process ended.
  int process(const std::function<void(const std::shared_ptr<Instance>&)>& act) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto box = BlackBox::open(file_);
      net::IoThreads threads(1, "plugin");
      threads.start();
      InstanceOptions options;
      options.name = "flip KRW-BTC";
      options.clock = &clock_;
      options.strand = make_asio_strand(threads.context());
      options.services.workers = std::make_shared<WorkerPool>(1);
      const auto instance = Instance::create(actor(), std::move(options)).value();
      on_strand(*instance, [&] { return instance->start().has_value(); });
      act(instance);
      ::_exit(0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
  }

  // The same from inside a callback.
  int process_in_a_call(const std::function<void()>& act) {
    return process([&](const std::shared_ptr<Instance>& instance) {
      on_strand(*instance, [&] {
        return instance->call("candle_close", [&](void*) -> eb_status {
          act();
          return EB_OK;
        });
      });
    });
  }

  std::vector<Crash> crashes() {
    const auto box = BlackBox::open(file_);
    EXPECT_TRUE(box) << to_string(box.error());
    return (*box)->crashes();
  }

  void write(std::string_view text) { std::ofstream(file_) << text; }

  SystemClock clock_;
  ScratchFolder folder_;
  fs::path file_ = folder_.path() / "crashes";
};

TEST_F(BlackBoxTest, ACrashInsideACallNamesThePlugin) {
  const Timestamp before = clock_.now();
  EXPECT_NE(process_in_a_call([] { *static_cast<volatile int*>(nullptr) = 1; }), 0);
  const auto found = crashes();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].signal, SIGSEGV);
  EXPECT_EQ(found[0].sha256, actor().sha256);
  EXPECT_EQ(found[0].instance, "flip KRW-BTC");
  EXPECT_EQ(found[0].callback, "candle_close");
  EXPECT_GE(found[0].at, before - seconds(1));
  EXPECT_LE(found[0].at, clock_.now());
}

TEST_F(BlackBoxTest, AnAbortAndATrapAreCrashesToo) {
  EXPECT_NE(process_in_a_call([] { std::abort(); }), 0);
  EXPECT_NE(process_in_a_call([] { ::raise(SIGFPE); }), 0);
  const auto found = crashes();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].signal, SIGABRT);
  EXPECT_EQ(found[1].signal, SIGFPE);
  EXPECT_EQ(found[1].sha256, actor().sha256);
}

TEST_F(BlackBoxTest, ARecursionWithoutEndIsNamedAlthoughTheStackIsUsedUp) {
  EXPECT_NE(process_in_a_call([] {
              const volatile int depth = 0;
              fall_without_end(&depth);
            }),
            0);
  const auto found = crashes();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sha256, actor().sha256);
}

TEST_F(BlackBoxTest, TheHostsOwnCrashBlamesNoPlugin) {
  EXPECT_NE(process([](const auto&) { *static_cast<volatile int*>(nullptr) = 1; }), 0);
  const auto found = crashes();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sha256, "");
  EXPECT_EQ(found[0].instance, "");
}

TEST_F(BlackBoxTest, AProcessKilledInsideACallBlamesNoPlugin) {
  EXPECT_NE(process_in_a_call([] { ::raise(SIGKILL); }), 0);
  EXPECT_TRUE(crashes().empty());
}

TEST_F(BlackBoxTest, ACallThatDoesNotReturnIsNamedThoughAnotherThreadAborts) {
  EXPECT_NE(process([](const std::shared_ptr<Instance>& instance) {
              accuse(*instance);
              std::abort();
            }),
            0);
  const auto found = crashes();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sha256, actor().sha256);
  EXPECT_EQ(found[0].signal, SIGABRT);
}

TEST_F(BlackBoxTest, TheProcessStillEndsByItsSignal) {
  const int status = process_in_a_call([] { std::abort(); });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
}

TEST_F(BlackBoxTest, ForgivenCrashesAreGoneForTheNextProcessToo) {
  write("1700000000\t11\t" + std::string(kSha) + "\tcandle_close\tflip KRW-BTC\n");
  {
    const auto box = BlackBox::open(file_).value();
    EXPECT_TRUE(box->blames(kSha));
    EXPECT_TRUE(box->forgive());
    EXPECT_FALSE(box->blames(kSha));
  }
  EXPECT_TRUE(crashes().empty());
}

TEST_F(BlackBoxTest, LinesOfNobodyArePassedOver) {
  write(
      "\n\t\t\t\t\n-5\t11\t\t\t\n99999999999999999999\t11\t\t\t\nsoon\t11\t\t\t\n"
      "1700000000\televen\t\t\t\n1700000000\t11\tshort\t\t\n1700000001\t11\t\t\t\n"
      "1700000002\t6\t" +
      std::string(kSha) + "\ton_ev");
  const auto found = crashes();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at.seconds(), 1'700'000'001);
}

TEST_F(BlackBoxTest, OnlyTheLastSixteenCount) {
  std::string text;
  for (int n = 0; n < 40; ++n) text += std::to_string(1'700'000'000 + n) + "\t11\t\t\t\n";
  write(text);
  const auto found = crashes();
  ASSERT_EQ(found.size(), 16U);
  EXPECT_EQ(found.back().at.seconds(), 1'700'000'039);
}

TEST_F(BlackBoxTest, AnEndlessFileIsBegunAnew) {
  write(std::string(200'000, 'x'));
  EXPECT_TRUE(crashes().empty());
  EXPECT_EQ(fs::file_size(file_), 0U);
}

TEST_F(BlackBoxTest, TwoCrashesCountAsTwoOnlyWithinTheSpan) {
  write("1700000000\t11\t\t\t\n1700000500\t11\t\t\t\n");
  const auto box = BlackBox::open(file_).value();
  EXPECT_TRUE(box->has_crashed_twice(Timestamp::from_seconds(1'700'000'600), minutes(10)));
  EXPECT_FALSE(box->has_crashed_twice(Timestamp::from_seconds(1'700'000'601), minutes(10)));
}

TEST_F(BlackBoxTest, ALinkInItsPlaceIsRefused) {
  fs::create_symlink(folder_.path() / "elsewhere", file_);
  EXPECT_EQ(BlackBox::open(file_).error().code, "BLACK_BOX");
}

}  // namespace
}  // namespace everbit::plugins::test
