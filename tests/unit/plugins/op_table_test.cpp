#include "plugins/op_table.h"

#include <gtest/gtest.h>

#include <thread>

namespace everbit::plugins {
namespace {

TEST(OpTableTest, OnlyOneOfManyEndsAnOperation) {
  OpTable ops;
  for (int round = 0; round < 200; ++round) {
    const auto op = ops.begin();
    ASSERT_TRUE(op);
    std::atomic<int> ended{0};
    std::thread other([&] { ended += ops.take(*op).has_value(); });
    ended += ops.take(*op).has_value();
    other.join();
    EXPECT_EQ(ended, 1);
  }
}

TEST(OpTableTest, CancelledMeansThatNoByteLeft) {
  OpTable ops;
  const auto quiet = ops.begin();
  const auto sent = ops.begin();
  EXPECT_TRUE(ops.begin_sending(*sent));
  const auto ended = ops.take_all();
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].op, *quiet);
  EXPECT_EQ(ended[0].status, EB_ERR_CANCELLED);
  EXPECT_EQ(ended[1].status, EB_ERR_UNKNOWN_OUTCOME);
  EXPECT_FALSE(ops.begin_sending(*quiet)) << "its end was told: no byte may leave any more";
}

TEST(OpTableTest, AHandleOfAnEndedOperationNeverMeansALaterOne) {
  OpTable ops(1);
  const auto first = ops.begin();
  EXPECT_FALSE(ops.begin()) << "bounded";
  EXPECT_TRUE(ops.take(*first));
  const auto second = ops.begin();
  EXPECT_NE(*first, *second);
  EXPECT_FALSE(ops.is_open(*first));
  EXPECT_EQ(ops.request_cancel(*first), EB_ERR_NOT_FOUND);
  EXPECT_TRUE(ops.is_open(*second));
  EXPECT_FALSE(ops.is_open(0));
  EXPECT_FALSE(ops.is_open(~std::uint64_t{0}));
}

}  // namespace
}  // namespace everbit::plugins
