#include "base/name_lookup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "support/hanging_names.h"

namespace everbit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool comes_true(const std::function<bool()>& condition) {
  const Deadline deadline = Deadline::after(seconds(20));
  while (!condition()) {
    if (deadline.expired()) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

TEST(NameLookupTest, DigitsAndLocalhostAreFound) {
  const auto digits = NameLookup::wait("127.0.0.1", 80, Deadline::passed());
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->at(0).storage.ss_family, AF_INET);
  EXPECT_EQ(NameLookup::wait("::1", 80, Deadline::passed())->at(0).storage.ss_family, AF_INET6);
  EXPECT_TRUE(NameLookup::wait("localhost", 80, Deadline::after(seconds(20))));
}

TEST(NameLookupTest, NameServerThatNeverAnswersCostsNoMoreThanTheDeadline) {
  const test::HangingNames names;
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = NameLookup::wait("hang.test", 80, Deadline::after(milliseconds(100)));
  EXPECT_EQ(answer.error().code, "DNS_TIMEOUT");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
}

TEST(NameLookupTest, HostsThatHangDoNotStopOtherHostsNorGatherThreads) {
  const test::HangingNames names;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(NameLookup::wait("hang-one.test", 80, Deadline::after(milliseconds(5))));
  }
  EXPECT_TRUE(comes_true([] { return test::HangingNames::hanging() == 3; }));
  EXPECT_TRUE(NameLookup::wait("localhost", 80, Deadline::after(seconds(20))));
  int name = 0;
  EXPECT_TRUE(comes_true([&] {
    const auto answer = NameLookup::wait("hang-" + std::to_string(++name) + ".test", 80,
                                         Deadline::after(milliseconds(5)));
    return answer.error().code == "DNS_BUSY" && test::HangingNames::hanging() == 16;
  }));
}

TEST(NameLookupTest, NobodyIsCalledWhoWentAway) {
  std::atomic<int> called{0};
  {
    const test::HangingNames names;
    NameLookup lookup;
    // Refused at first when the threads of another test are still on their way out.
    EXPECT_TRUE(comes_true([&] {
      called = 0;
      lookup = NameLookup::begin("hang-left.test", 80, [&](const auto&) { ++called; });
      return called == 0 && test::HangingNames::hanging() > 0;
    }));
  }
  // Its thread has had the time of another lookup.
  (void)NameLookup::wait("localhost", 80, Deadline::after(seconds(20)));
  EXPECT_EQ(called, 0);
}

TEST(NameLookupTest, JoinedQuestionIsAnsweredWithTheOneItJoined) {
  std::promise<std::string> code;
  std::vector<NameLookup> lookups;
  {
    const test::HangingNames names;
    EXPECT_TRUE(comes_true([&] {
      lookups.push_back(NameLookup::begin("hang-joined.test", 80, [](const auto&) {}));
      return test::HangingNames::hanging() == 3;
    }));
    lookups.push_back(NameLookup::begin(
        "hang-joined.test", 80, [&](const auto& answer) { code.set_value(answer.error().code); }));
  }
  EXPECT_EQ(code.get_future().get(), "DNS_FAILED");
}

}  // namespace
}  // namespace everbit
