#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "conformance/bus/fixture.h"

namespace everbit::conformance {
namespace {

// A consumer that can be stopped and killed; killed and reaped at the end.
class Worker {
 public:
  Worker(const std::string& plugin, const std::string& dsn, const std::string& stream,
         std::chrono::milliseconds lease) {
    const std::string program =
        std::string(std::getenv("EVERBIT_BUILD_DIR")) + "/bin/bus_conformance_worker";
    const std::string lease_text = std::to_string(lease.count());
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      for (const int fd : {in[0], in[1], out[0], out[1]}) ::close(fd);
      ::execl(program.c_str(), program.c_str(), plugin.c_str(), dsn.c_str(), stream.c_str(),
              kGroup.c_str(), lease_text.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    in_ = in[1];
    out_ = out[0];
  }
  ~Worker() {
    kill(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(in_);
    ::close(out_);
  }
  void kill(int signal) { ::kill(pid_, signal); }
  void order(const std::string& text) {
    const std::string line = text + "\n";
    EXPECT_EQ(::write(in_, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
  // The next line; empty after half a minute.
  std::string line() {
    std::string text;
    char c = 0;
    pollfd item{out_, POLLIN, 0};
    while (::poll(&item, 1, 30'000) == 1 && ::read(out_, &c, 1) == 1 && c != '\n') text += c;
    return text;
  }

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
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
