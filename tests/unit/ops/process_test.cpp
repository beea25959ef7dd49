#include "ops/process.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "ops/signals.h"

namespace everbit::ops {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// In a child, because none of it can be taken back.
TEST(HardenProcess, LeavesNoCoreAndSurvivesABrokenPipe) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    harden_process();
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    int ends[2] = {-1, -1};
    const bool piped = ::pipe(ends) == 0;
    ::close(ends[0]);
    const bool broken = ::write(ends[1], "x", 1) == -1;
    const bool good =
        ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && core.rlim_cur == 0 && piped && broken;
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// Sanitizers bring a heap of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
int heaps() {
  char* text = nullptr;
  std::size_t size = 0;
  FILE* const report = ::open_memstream(&text, &size);
  ::malloc_info(0, report);
  std::fclose(report);
  int found = 0;
  const std::string_view all(text, size);
  for (std::size_t at = 0; (at = all.find("<heap nr=", at)) != all.npos; ++at) ++found;
  std::free(text);
  return found;
}

// In a child, because it cannot be taken back. Threads of other tests may have left heaps.
TEST(BoundHeap, GivesNoThreadAHeapOfItsOwn) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const int before = heaps();
    bound_heap();
    std::vector<std::thread> threads;
    std::vector<std::vector<char>> blocks(8);
    for (auto& block : blocks) threads.emplace_back([&block] { block.resize(2000); });
    for (auto& thread : threads) thread.join();
    ::_exit(heaps() == before ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

long resident_pages() {
  long size = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident;
}

TEST(TrimHeap, GivesBackTheHolesBelowWhatIsAlive) {
  constexpr std::size_t kBlocks = 20'000;
  std::vector<std::unique_ptr<char[]>> blocks(kBlocks);
  for (auto& block : blocks) block = std::make_unique<char[]>(1000);
  const auto alive = std::move(blocks.back());
  const long before = resident_pages();
  blocks.clear();
  trim_heap();
  EXPECT_LT(resident_pages(), before - 3000);
}
#endif

TEST(ProcessSignals, TellsStoppingFromReloadingAndWaitsNoLongerThanAsked) {
  ProcessSignals signals;
  EXPECT_FALSE(signals.wait(Deadline::after(milliseconds(10))));
  ::kill(::getpid(), SIGHUP);
  EXPECT_EQ(signals.wait(Deadline::after(seconds(5))), ProcessSignal::kReload);
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(signals.wait(Deadline::after(seconds(5))), ProcessSignal::kStop);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(signals.wait(Deadline::passed()), ProcessSignal::kStop);
}

}  // namespace
}  // namespace everbit::ops
