#include "store/high_water.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "base/clock.h"

namespace everbit::store {
namespace {

class HighWaterTest : public testing::Test {
 protected:
  HighWaterTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "everbit-mark-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = folder + "/high-water";
  }
  ~HighWaterTest() override { std::filesystem::remove_all(path_.parent_path()); }

  std::string code_of(const std::string& content) {
    std::ofstream(path_) << content;
    const auto opened = HighWater::open(path_);
    return opened ? "" : opened.error().code;
  }

  std::filesystem::path path_;
  const Uuid older_ = Uuid::make_v7(Timestamp::from_seconds(1'700'000'000));
  const Uuid newer_ = Uuid::make_v7(Timestamp::from_seconds(1'700'000'001));
};

TEST_F(HighWaterTest, NeverGoesDownAndIsThereForTheNextProcess) {
  EXPECT_EQ(HighWater::read(path_).value(), std::nullopt);
  {
    const auto mark = HighWater::open(path_).value();
    EXPECT_EQ(mark->mark(), std::nullopt);
    mark->raise(newer_);
    mark->raise(older_);
    EXPECT_EQ(mark->mark(), newer_);
  }
  EXPECT_EQ(HighWater::read(path_).value(), newer_);
  EXPECT_EQ(HighWater::open(path_).value()->mark(), newer_);
}

TEST_F(HighWaterTest, AnythingElseInTheFileIsNotTakenForAMark) {
  for (const std::string& content :
       {std::string("x"), newer_.to_string(), newer_.to_string() + "\n\n", std::string(37, '\0'),
        newer_.to_string().substr(0, 35) + "z\n"}) {
    EXPECT_EQ(code_of(content), "HIGH_WATER_DAMAGED") << content;
  }
  EXPECT_EQ(code_of(newer_.to_string() + "\n"), "");
}

TEST_F(HighWaterTest, FolderThatIsMissingAndALinkAreErrors) {
  EXPECT_EQ(HighWater::open(path_.parent_path() / "none" / "x").error().code, "HIGH_WATER_FILE");
  std::filesystem::create_symlink("/dev/null", path_);
  EXPECT_EQ(HighWater::open(path_).error().code, "HIGH_WATER_FILE");
}

}  // namespace
}  // namespace everbit::store
