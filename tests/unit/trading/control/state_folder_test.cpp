#include "trading/control/state_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace everbit::trading {
namespace {

class StateFolderTest : public testing::Test {
 protected:
  StateFolderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "everbit-state-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = name;
  }
  ~StateFolderTest() override { std::filesystem::remove_all(path_); }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }

  std::filesystem::path path_;
  StateFile file_{{AccountPosition::kExitsOnly, {"A", "B\"C"}},
                  false,
                  Timestamp::parse("2026-01-02T03:04:05.678901Z").value(),
                  "cli:1000",
                  "OWNER"};
};

TEST_F(StateFolderTest, WhatWasWrittenIsRead) {
  const StateFolder folder(path_);
  EXPECT_EQ(folder.read(), SwitchFiles{});
  ASSERT_TRUE(folder.write(file_));
  EXPECT_EQ(folder.read().state, file_);
  file_.stored = true;
  ASSERT_TRUE(folder.write(file_));
  EXPECT_EQ(folder.read().state, file_);
  EXPECT_FALSE(folder.read().owner_file);
}

TEST_F(StateFolderTest, TheOwnersFileCountsWhateverIsInIt) {
  put("kill-switch.off", "on");
  EXPECT_TRUE(StateFolder(path_).read().owner_file);
  std::filesystem::remove(path_ / "kill-switch.off");
  std::filesystem::create_symlink("nowhere", path_ / "kill-switch.off");
  EXPECT_TRUE(StateFolder(path_).read().owner_file) << "a link to nothing lies there too";
}

TEST_F(StateFolderTest, AStateFileThatSaysNothingIsNotTakenForNoFile) {
  const std::string good = to_json(file_);
  std::vector<std::string> bad{"", "{", "[]", "{}", "null", good + good, std::string(20'000, ' ')};
  for (std::size_t length = 1; length + 2 < good.size(); length += 7) {
    bad.push_back(good.substr(0, length));
  }
  for (const std::string& text : bad) {
    put("kill-switch.state", text);
    const SwitchFiles files = StateFolder(path_).read();
    EXPECT_TRUE(files.state_unreadable) << text;
    EXPECT_FALSE(files.state);
  }
  std::filesystem::remove(path_ / "kill-switch.state");
  std::filesystem::create_directory(path_ / "kill-switch.state");
  EXPECT_TRUE(StateFolder(path_).read().state_unreadable);
}

TEST_F(StateFolderTest, AnOwnersToolUnderAnotherUserLeavesAFileThatTheDaemonCanRead) {
  ASSERT_TRUE(StateFolder(path_).write(file_));
  struct stat status {};
  ASSERT_EQ(::stat((path_ / "kill-switch.state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
}

}  // namespace
}  // namespace everbit::trading
