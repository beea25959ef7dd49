// From the owner's OFF to the last request that is still let through to its first byte, with 1,000
// commands queued and the simulator taking what it gets. 0: nothing left after it. What counts is
// the promise of 1 s and the aim of 50 ms.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>

#include "bench_figures.h"
#include "integration/trading/queued_commands.h"

namespace everbit::bench {
namespace {

using std::chrono::duration;
using std::chrono::seconds;

constexpr int kQueued = 1000;

void measure(Figures& figures, const std::string& what,
             const std::function<void(test::QueuedCommands&)>& turn_off) {
  test::QueuedCommands commands(kQueued);
  commands.start();
  if (!commands.wait_for_sent(20)) throw std::runtime_error("nothing is sent");
  const auto killed = std::chrono::steady_clock::now();
  turn_off(commands);
  const auto done = std::chrono::steady_clock::now();
  if (!commands.wait_until_settled()) throw std::runtime_error("commands are left");
  const duration<double, std::milli> silent = commands.silence_after(killed);
  const duration<double, std::milli> call = done - killed;
  figures.add(what + ", last request after", "ms", silent.count());
  figures.add(what + ", the call itself", "ms", call.count());
}

void run(int rounds) {
  Figures figures;
  for (int round = 0; round < rounds; ++round) {
    measure(figures, "kill by command", [](test::QueuedCommands& commands) {
      (void)commands.kill_switch().change({AccountPosition::kOff, {}}, {"bench", {}},
                                          Deadline::after(seconds(30)));
    });
    measure(figures, "kill by file", [](test::QueuedCommands& commands) {
      std::ofstream(commands.state_folder().owner_file());
    });
    measure(figures, "kill by row", [](test::QueuedCommands& commands) {
      commands.rows().sql(
          "UPDATE kill_switch SET account_position = 'OFF', changed_at = clock_timestamp()");
    });
  }
  figures.print();
}

}  // namespace
}  // namespace everbit::bench

int main(int argc, char** argv) { everbit::bench::run(argc > 1 ? std::atoi(argv[1]) : 5); }
