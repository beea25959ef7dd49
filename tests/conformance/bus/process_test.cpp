#include <csignal>
#include <cstdlib>

#include "conformance/bus/fixture.h"
#include "support/dialogue.h"

namespace everbit::conformance {
namespace {

// A consumer that can be stopped and killed; killed at the end.
class Worker {
 public:
  Worker(const std::string& plugin, const std::string& dsn, const std::string& stream,
         std::chrono::milliseconds lease)
      : program_({std::string(std::getenv("EVERBIT_BUILD_DIR")) + "/bin/bus_conformance_worker",
                  plugin, dsn, stream, kGroup, std::to_string(lease.count())}) {}
  ~Worker() { kill(SIGKILL); }
  void kill(int signal) { program_.send(signal); }
  void order(const std::string& text) { program_.say(text); }
  std::string line() { return program_.hear(); }

 private:
  test::Dialogue program_;
};

class BusProcessTest : public BusTest {
 protected:
  std::unique_ptr<Worker> start(std::chrono::milliseconds lease) {
    return std::make_unique<Worker>(plugin_path(bus_under_test().plugin), database_.dsn(), kOrdered,
                                    lease);
  }
};

TEST_F(BusProcessTest, AWorkerThatSleptPastItsLeaseCannotSettleWhatAnotherHasTakenOver) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  const auto worker = start(1000ms);
  ASSERT_EQ(worker->line().substr(0, 4), "got ");
  worker->kill(SIGSTOP);
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1, 30s);
  ASSERT_EQ(got.size(), 1U);
  worker->order("done");
  worker->kill(SIGCONT);
  EXPECT_EQ(worker->line(), "lost");
  EXPECT_EQ(lag(kOrdered), 1U);
  EXPECT_EQ(settle(sub, got[0], Outcome::kDone), SettleResult::kSettled);
}

TEST_F(BusProcessTest, LanesOfAKilledProcessAreTakenOverBeforeTheirLeaseAndTheAttemptCounts) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  const auto worker = start(60s);
  ASSERT_EQ(worker->line().substr(0, 4), "got ");
  worker->kill(SIGKILL);
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1, 30s);
  ASSERT_EQ(got.size(), 1U) << "must not wait for the lease of the dead";
  EXPECT_EQ(got[0].attempt, 2);
}

TEST_F(BusProcessTest, AnEventThatKillsItsProcessIsDeliveredOnceMoreBeyondItsAttemptsToBeBuried) {
  Event poison = make_event(kOrdered, "A", "poison");
  poison.max_attempts = 2;
  ASSERT_TRUE(publish({poison}));
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const auto worker = start(60s);
    const std::string line = worker->line();
    ASSERT_EQ(line.substr(line.rfind(' ') + 1), std::to_string(attempt));
    worker->kill(SIGKILL);
  }
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1, 30s);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_TRUE(got[0].exhausted());
}

}  // namespace
}  // namespace everbit::conformance
