#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "conformance/bus/under_test.h"
#include "faults/seeded/run.h"
#include "integration/trading/exchange_side.h"
#include "trading/outbox.h"

// faults-seeded SERVER FIRST COUNT [digest] [journal] [trace] [stop]: the runs of so many seeds, on
// a private PostgreSQL. Besides: each run's digest, all that happened, the pipeline's own log; and
// no more seeds after one that does not hold. Started by tests/faults/run, which brings the server.
// Prints a line for each seed that does not hold and one at the end; SIGTERM ends it after the seed
// that is under way.
namespace {

using everbit::faults::Run;
using everbit::faults::RunDatabase;
using everbit::faults::Workshop;

// What was deleted stays in the files until then.
constexpr std::uint64_t kSeedsPerDatabase = 300;

std::filesystem::path make_folder() {
  const bool memory = std::filesystem::is_directory("/dev/shm");
  std::string name = memory ? "/dev/shm/everbit-seeded-XXXXXX" : "/tmp/everbit-seeded-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

volatile std::sig_atomic_t asked_to_end = 0;

struct Shown {
  bool digest;
  bool journal;
};

// A bus has its name a moment after it was opened, and no lanes before.
void wait_for_lanes(everbit::events::Bus& bus, RunDatabase& database) {
  everbit::events::SubscribeOptions options;
  options.stream = everbit::trading::kTradeCommands;
  options.group = "order-executor";
  auto subscription = bus.subscribe(options).value();
  while (database.value("SELECT count(*) FROM outbox_lane WHERE owner IS NOT NULL") == "0") {
    (void)subscription.fetch(1, std::chrono::milliseconds(1), [](everbit::events::Delivery&&) {});
  }
}

// What leaves an actor would have ended its process at a place where nobody wanted it.
std::vector<std::string> play(Run& run) {
  try {
    return run.play();
  } catch (const std::exception& error) {
    return {std::string("thrown: ") + error.what()};
  }
}

int run_seed(Workshop& workshop, std::uint64_t seed, Shown shown, long& deaths) {
  Run run(workshop, seed, shown.journal);
  const auto found = play(run);
  deaths += run.deaths();
  if (shown.digest || shown.journal) {
    std::printf("digest of %llu: %016llx, %ld entries\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(run.journal().digest()), run.journal().entries());
  }
  if (found.empty()) return 0;
  std::string text;
  for (const std::string& one : found) text += (text.empty() ? "" : "; ") + one;
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), text.c_str());
  std::fflush(stdout);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string server = argv[1];
  const std::uint64_t first = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
  const std::vector<std::string> wishes(argv + 4, argv + argc);
  const auto wants = [&](const char* what) {
    return std::find(wishes.begin(), wishes.end(), what) != wishes.end();
  };
  everbit::set_log_level(wants("trace") ? everbit::LogLevel::kDebug : everbit::LogLevel::kCritical);
  std::signal(SIGTERM, [](int) { asked_to_end = 1; });
  const auto goes_on = [&](int failed) {
    return asked_to_end == 0 && !(failed > 0 && wants("stop"));
  };
  const auto began = std::chrono::steady_clock::now();
  everbit::net::IoThreads io(1, "seeded");
  io.start();
  const auto codec = everbit::test::upbit_codec();
  const std::filesystem::path folder = make_folder();
  int failed = 0;
  long deaths = 0;
  std::uint64_t done = 0;
  while (done < count && goes_on(failed)) {
    RunDatabase database(server);
    everbit::conformance::OpenBus bus(everbit::conformance::plugin_path("bus-postgres.so"),
                                      database.dsn(), everbit::Uuid::make_v4().to_string());
    wait_for_lanes(*bus, database);
    Workshop workshop{database, *bus, codec, io, folder};
    for (std::uint64_t i = 0; i < kSeedsPerDatabase && done < count && goes_on(failed); ++i) {
      failed += run_seed(workshop, first + done++, {wants("digest"), wants("journal")}, deaths);
    }
  }
  std::filesystem::remove_all(folder);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("seeds %llu failed %d deaths %ld seconds %.1f\n",
              static_cast<unsigned long long>(done), failed, deaths, took.count());
  return failed == 0 ? 0 : 1;
}
