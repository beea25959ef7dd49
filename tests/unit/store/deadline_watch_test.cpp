#include "store/deadline_watch.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace everbit::store {
namespace {

using namespace std::chrono_literals;

class Pair {
 public:
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0); }
  ~Pair() {
    close_ours();
    close(ends_[1]);
  }
  int ours() const { return ends_[0]; }
  void close_ours() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }
  // Whether the other side has seen the end, waited for as long as `patience`.
  bool ended(std::chrono::milliseconds patience) const {
    pollfd entry{ends_[1], POLLIN, 0};
    return poll(&entry, 1, static_cast<int>(patience.count())) == 1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

class Watch : public testing::Test {
 protected:
  std::shared_ptr<DeadlineWatch> watch_ = std::make_shared<DeadlineWatch>();
};

TEST_F(Watch, WhoWaitsLongerThanTheDeadlineIsCut) {
  Pair pair;
  WatchedSocket socket(watch_, pair.ours());
  socket.arm(Deadline::after(20ms));
  EXPECT_TRUE(pair.ended(20s));
  EXPECT_FALSE(socket.disarm());
}

TEST_F(Watch, AnEarlierDeadlineIsNotMissedBecauseALaterOneWasThereBefore) {
  Pair slow;
  Pair quick;
  WatchedSocket patient(watch_, slow.ours());
  WatchedSocket hasty(watch_, quick.ours());
  patient.arm(Deadline::after(1h));
  hasty.arm(Deadline::after(20ms));
  EXPECT_TRUE(quick.ended(20s));
  EXPECT_FALSE(slow.ended(0ms)) << "another session was cut";
  EXPECT_TRUE(patient.disarm());
}

TEST_F(Watch, ADeadlineThatPassesAfterTheCallCutsNothing) {
  Pair pair;
  WatchedSocket socket(watch_, pair.ours());
  Pair witness;
  WatchedSocket clock(watch_, witness.ours());
  socket.arm(Deadline::after(500ms));
  ASSERT_TRUE(socket.disarm());
  // The watch has looked after that deadline: it has cut one that came later.
  clock.arm(Deadline::after(600ms));
  ASSERT_TRUE(witness.ended(20s));
  EXPECT_FALSE(pair.ended(0ms));
  EXPECT_TRUE(socket.disarm());
}

// libpq closes the socket of a connection that it finds broken, and the number goes to the next
// one who opens something, while the watch is still armed.
TEST_F(Watch, ADescriptorThatWasClosedAndUsedAnewIsNotCut) {
  Pair pair;
  WatchedSocket socket(watch_, pair.ours());
  const int number = pair.ours();
  pair.close_ours();
  Pair other;
  ASSERT_EQ(other.ours(), number) << "the kernel gives the lowest free number";
  socket.arm(Deadline::after(10ms));
  ASSERT_TRUE(pair.ended(20s));
  EXPECT_FALSE(other.ended(0ms));
}

TEST_F(Watch, ASocketThatGoesWhileItIsArmedIsForgotten) {
  Pair pair;
  Pair witness;
  WatchedSocket clock(watch_, witness.ours());
  WatchedSocket(watch_, pair.ours()).arm(Deadline::after(500ms));
  clock.arm(Deadline::after(600ms));
  EXPECT_TRUE(witness.ended(20s));
  EXPECT_FALSE(pair.ended(0ms));
}

TEST_F(Watch, ManyThreadsWithShortDeadlinesAreEachToldTheTruth) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 200; ++n) {
        Pair pair;
        WatchedSocket socket(watch_, pair.ours());
        socket.arm(Deadline::after(std::chrono::microseconds(n)));
        std::this_thread::yield();
        const bool whole = socket.disarm();
        ASSERT_EQ(pair.ended(0ms), !whole);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(SharedWatch, IsOneForAllAndEndsWithTheLast) {
  auto first = DeadlineWatch::shared();
  auto second = DeadlineWatch::shared();
  EXPECT_EQ(first, second);
  const std::weak_ptr<DeadlineWatch> seen = first;
  first.reset();
  EXPECT_FALSE(seen.expired());
  second.reset();
  EXPECT_TRUE(seen.expired());
}

}  // namespace
}  // namespace everbit::store
