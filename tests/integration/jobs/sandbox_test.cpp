#include "jobs/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "base/deadline.h"
#include "jobs/file_fence.h"
#include "unit/cli/run_everbit.h"

namespace everbit::jobs {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AnyOf;

class Sandbox : public ::testing::Test {
 protected:
  Sandbox() {
    fs::create_directories(own_);
    for (const auto& file : {given_, other_}) std::ofstream(file) << "text";
  }

  // The exit status of a child that runs `program`, which must end by itself.
  int run(const fs::path& program, std::vector<std::string> arguments) {
    auto child = SandboxedChild::start(
        {program, std::move(arguments), own_, own_ / "errors", {given_}, std::uint64_t{300} << 20});
    if (!child) throw std::runtime_error(to_string(child.error()));
    int status = 0;
    const Deadline patience = Deadline::after(seconds(60));
    while (!child->has_ended(status) && !patience.expired()) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  test::SettingsFolder folder_;
  const fs::path own_ = folder_.dir() / "own";
  const fs::path given_ = folder_.dir() / "given";
  const fs::path other_ = folder_.dir() / "other";
};

std::map<std::string, std::string> read_tried(const fs::path& file) {
  std::ifstream in(file);
  std::map<std::string, std::string> tried;
  for (std::string what, became; in >> what >> became;) tried[what] = became;
  return tried;
}

TEST_F(Sandbox, WhatAStrategyFileHasNoBusinessWithFails) {
  const fs::path program = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "tests/trespasser";
  ::setenv("EVERBIT_TEST_SECRET", "s", 1);
  ASSERT_EQ(run(program, {given_.string(), other_.string(), folder_.dir().string()}), 0);
  ::unsetenv("EVERBIT_TEST_SECRET");
  auto tried = read_tried(own_ / "tried");
  EXPECT_EQ(tried["variables"], "0");
  for (const char* what : {"kill", "tgkill", "limits", "priority", "schedule", "signal-owner",
                           "session", "group", "ptrace", "die-with-parent", "socket", "pair",
                           "namespace", "io_uring", "link-own", "fifo-own"}) {
    EXPECT_EQ(tried[what], "EPERM") << what;
  }
  EXPECT_EQ(tried["clone3"], "ENOSYS");
#if defined(__x86_64__)
  EXPECT_EQ(tried["x32"], "EPERM");
#endif
  for (const char* what : {"own-limits", "read-given", "make-own"}) {
    EXPECT_EQ(tried[what], "done") << what;
  }
}

TEST_F(Sandbox, NoFileBesideTheGivenOnesCanBeReadOrChanged) {
  if (!FileFence::is_known_here()) GTEST_SKIP() << "this kernel has no Landlock";
  const fs::path program = fs::path(std::getenv("EVERBIT_BUILD_DIR")) / "tests/trespasser";
  ASSERT_EQ(run(program, {given_.string(), other_.string(), folder_.dir().string()}), 0);
  auto tried = read_tried(own_ / "tried");
  for (const char* what : {"write-given", "read-other", "write-other", "delete-other",
                           "list-others", "make-other", "memory", "environment"}) {
    EXPECT_THAT(tried[what], AnyOf("EACCES", "EPERM")) << what;
  }
  EXPECT_TRUE(fs::exists(other_));
}

TEST_F(Sandbox, AProgramThatIsNotThereIsASetupThatFailed) {
  EXPECT_EQ(run(folder_.dir() / "nowhere", {}), 125);
}

}  // namespace
}  // namespace everbit::jobs
