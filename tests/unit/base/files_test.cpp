#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace everbit {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "everbit-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(Files, AWriteReplacesTheWholeContentAndLeavesNothingBeside) {
  const fs::path path = folder_ / "state";
  ASSERT_TRUE(write_file_atomic(path, "long old content", 0600));
  ASSERT_TRUE(write_file_atomic(path, "new", 0600));
  EXPECT_EQ(*read_file(path, 100), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
}

TEST_F(Files, AFailedWriteKeepsTheOldContent) {
  const fs::path path = folder_ / "occupied";
  fs::create_directory(path);
  EXPECT_EQ(write_file_atomic(path, "x").error().code, "FILE_WRITE");
  EXPECT_TRUE(fs::is_directory(path));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  EXPECT_FALSE(write_file_atomic(folder_ / "absent" / "file", "x"));
}

TEST_F(Files, ReadingIsBoundedAndTakesNoPipe) {
  ASSERT_TRUE(write_file_atomic(folder_ / "big", std::string(1000, 'x')));
  EXPECT_EQ(read_file(folder_ / "big", 999).error().code, "FILE_TOO_LARGE");
  EXPECT_EQ(read_file(folder_ / "big", 1000)->size(), 1000U);
  EXPECT_EQ(read_file(folder_ / "absent", 10).error().code, "FILE_NOT_FOUND");
  EXPECT_EQ(read_file(folder_, 10).error().code, "FILE_READ");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(folder_ / "pipe", 10).error().code, "FILE_READ");
}

}  // namespace
}  // namespace everbit
