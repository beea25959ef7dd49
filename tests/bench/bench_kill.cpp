// From OFF to the last request that is still let through to its first byte, with 1,000 commands
// queued and no limit on either side: the executor sends as fast as it can when the switch comes,
// at a random moment. 0: nothing left after it. In one second without a switch as many would have
// left as in the time before it, which is shown as a rate.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "bench_figures.h"
#include "integration/trading/queued_commands.h"

namespace everbit::bench {
namespace {

using std::chrono::duration;
using std::chrono::seconds;

constexpr int kQueued = 1000;
constexpr int kSentBefore = 50;
constexpr int kLongestOffsetUs = 500'000;

// Anywhere between two requests.
void wait_at_random() {
  static std::mt19937 source{std::random_device{}()};
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution(0, kLongestOffsetUs)(source)));
}

void measure(Figures& figures, const std::string& what,
             const std::function<void(test::QueuedCommands&)>& turn_off) {
  test::QueuedCommands commands(kQueued);
  commands.start();
  if (!commands.wait_for_sent(kSentBefore)) throw std::runtime_error("nothing is sent");
  const auto steady = std::chrono::steady_clock::now();
  wait_at_random();
  const auto killed = std::chrono::steady_clock::now();
  turn_off(commands);
  const auto done = std::chrono::steady_clock::now();
  if (!commands.wait_until_settled()) throw std::runtime_error("commands are left");
  if (commands.sent() == kQueued) throw std::runtime_error("the switch came after the last");
  const duration<double> before = killed - steady;
  const duration<double, std::milli> call = done - killed;
  const duration<double, std::milli> after_call = commands.silence_after(killed);
  const duration<double, std::milli> after_return = commands.silence_after(done);
  const auto end = std::chrono::steady_clock::now();
  figures.add(what + ": sent a second before it", "1/s",
              commands.sent_between(steady, killed) / before.count());
  figures.add(what + ": the call", "ms", call.count());
  figures.add(what + ": sent after the call", "", commands.sent_between(killed, end));
  figures.add(what + ": last one after the call", "ms", after_call.count());
  figures.add(what + ": sent after its return", "", commands.sent_between(done, end));
  figures.add(what + ": last one after its return", "ms", after_return.count());
}

void run(int rounds) {
  Figures figures;
  for (int round = 0; round < rounds; ++round) {
    measure(figures, "command", [](test::QueuedCommands& commands) {
      (void)commands.kill_switch().change({AccountPosition::kOff, {}}, {"bench", {}},
                                          Deadline::after(seconds(30)));
    });
    measure(figures, "file", [](test::QueuedCommands& commands) {
      std::ofstream(commands.state_folder().owner_file());
    });
    measure(figures, "row", [](test::QueuedCommands& commands) {
      commands.rows().sql(
          "UPDATE kill_switch SET account_position = 'OFF', changed_at = clock_timestamp()");
    });
  }
  figures.print();
}

}  // namespace
}  // namespace everbit::bench

int main(int argc, char** argv) { everbit::bench::run(argc > 1 ? std::atoi(argv[1]) : 12); }
