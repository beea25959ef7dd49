#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/log.h"
#include "conformance/bus/under_test.h"
#include "faults/seeded/run.h"
#include "integration/trading/exchange_side.h"

// faults-seeded SERVER FIRST COUNT [trace]: the runs of so many seeds, on a private PostgreSQL.
// Started by tests/faults/run, which brings the server. Prints a line for each seed that does not
// hold and one at the end.
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

int run_seed(Workshop& workshop, std::uint64_t seed, long& deaths) {
  Run run(workshop, seed);
  const auto found = run.play();
  deaths += run.deaths();
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
  everbit::set_log_level(argc > 4 ? everbit::LogLevel::kDebug : everbit::LogLevel::kCritical);
  const auto began = std::chrono::steady_clock::now();
  everbit::net::IoThreads io(1, "seeded");
  io.start();
  const auto codec = everbit::test::upbit_codec();
  const std::filesystem::path folder = make_folder();
  int failed = 0;
  long deaths = 0;
  for (std::uint64_t done = 0; done < count;) {
    RunDatabase database(server);
    everbit::conformance::OpenBus bus(everbit::conformance::plugin_path("bus-postgres.so"),
                                      database.dsn(), everbit::Uuid::make_v4().to_string());
    Workshop workshop{database, *bus, codec, io, folder};
    for (std::uint64_t i = 0; i < kSeedsPerDatabase && done < count; ++i, ++done) {
      failed += run_seed(workshop, first + done, deaths);
    }
  }
  std::filesystem::remove_all(folder);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("seeds %llu failed %d deaths %ld seconds %.1f\n",
              static_cast<unsigned long long>(count), failed, deaths, took.count());
  return failed == 0 ? 0 : 1;
}
