#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace everbit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BoundedQueue, TellsTheProducerInsteadOfGrowing) {
  BoundedQueue<int> queue(2);
  EXPECT_EQ(queue.try_push(1), QueueStatus::kOk);
  EXPECT_EQ(queue.try_push(2), QueueStatus::kOk);
  EXPECT_EQ(queue.try_push(3), QueueStatus::kFull);
  EXPECT_EQ(queue.push(3, Deadline::after(milliseconds(5))), QueueStatus::kFull);
  EXPECT_EQ(queue.size(), 2U);
}

TEST(BoundedQueue, KeepsTheItemThatItRefused) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_EQ(queue.try_push(std::move(first)), QueueStatus::kOk);
  EXPECT_EQ(queue.try_push(std::move(second)), QueueStatus::kFull);
  ASSERT_NE(second, nullptr);
}

TEST(BoundedQueue, HandsOutWhatIsInsideAfterClosing) {
  BoundedQueue<int> queue(4);
  queue.try_push(7);
  queue.close();
  EXPECT_EQ(queue.try_push(8), QueueStatus::kClosed);
  EXPECT_EQ(queue.pop(Deadline::after(seconds(5))), 7);
  EXPECT_EQ(queue.pop(Deadline::after(seconds(5))), std::nullopt);
}

TEST(BoundedQueue, WakesWaitersOnBothSidesWhenItCloses) {
  BoundedQueue<int> full(1);
  BoundedQueue<int> empty(1);
  full.try_push(1);
  std::thread producer(
      [&] { EXPECT_EQ(full.push(2, Deadline::after(seconds(30))), QueueStatus::kClosed); });
  std::thread consumer([&] { EXPECT_FALSE(empty.pop(Deadline::after(seconds(30)))); });
  full.close();
  empty.close();
  producer.join();
  consumer.join();
}

TEST(BoundedQueue, LosesAndDoublesNothingBetweenManyThreads) {
  constexpr int kEach = 2000;
  BoundedQueue<int> queue(8);
  std::atomic<long> sum{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int p = 0; p < 3; ++p) {
    threads.emplace_back([&] {
      for (int i = 1; i <= kEach; ++i) {
        EXPECT_EQ(queue.push(i, Deadline::after(seconds(60))), QueueStatus::kOk);
      }
    });
  }
  for (int c = 0; c < 3; ++c) {
    threads.emplace_back([&] {
      while (const auto item = queue.pop(Deadline::after(seconds(60)))) {
        sum += *item;
        if (++taken == 3 * kEach) queue.close();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sum, 3L * kEach * (kEach + 1) / 2);
}

}  // namespace
}  // namespace everbit
