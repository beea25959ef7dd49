#include "plugins/elf_image.h"

#include <gtest/gtest.h>

#include <random>

#include "plugins/audit.h"
#include "unit/plugins/fixture.h"

namespace everbit::plugins::test {
namespace {

std::vector<std::byte> bytes_of_good() {
  return open_plugin_file(fixture("good"), Owner::kRootOrSelf)->bytes;
}

TEST(ElfImageTest, ReadsWhatTheFileSays) {
  const auto bytes = bytes_of_good();
  const auto image = ElfImage::parse(bytes);
  ASSERT_TRUE(image) << to_string(image.error());
  EXPECT_TRUE(image->manifest().starts_with("generation=1\nkind=strategy\n"));
  EXPECT_EQ(image->manifest_count(), 1U);
  EXPECT_EQ(image->build_id().size(), 40U);
  ASSERT_EQ(image->exports().size(), 1U);
  EXPECT_EQ(image->exports()[0].name, "eb_plugin_entry_v1");
  EXPECT_TRUE(image->exports()[0].function);
  EXPECT_TRUE(image->binds_now());
  EXPECT_FALSE(image->has_rpath());
  EXPECT_TRUE(audit(*image, Kind::kStrategy).empty());
}

TEST(ElfImageTest, OtherFilesAreToldApart) {
  const std::string script = "#!/bin/sh\nexit 0\n";
  EXPECT_EQ(ElfImage::parse(std::as_bytes(std::span(script))).error().code, "PLUGIN_NOT_ELF");
  auto narrow = bytes_of_good();
  narrow[4] = std::byte{1};
  EXPECT_EQ(ElfImage::parse(narrow).error().code, "PLUGIN_ELF_CLASS");
  auto foreign = bytes_of_good();
  foreign[18] = std::byte{0x28};
  EXPECT_EQ(ElfImage::parse(foreign).error().code, "PLUGIN_ELF_CLASS");
}

// Every field that the reader follows is bent somewhere in here; sanitizers watch.
TEST(ElfImageTest, BentFilesAreReadOrRefusedNeverMore) {
  const auto good = bytes_of_good();
  std::mt19937 random(20260101);
  for (int round = 0; round < 20'000; ++round) {
    auto bent = good;
    const auto changes = 1 + random() % 6;
    for (unsigned n = 0; n < changes; ++n) {
      // Headers and tables lie in the first pages.
      const std::size_t at = random() % std::min<std::size_t>(bent.size(), 0x1200);
      bent[at] = static_cast<std::byte>(random() % 4 == 0 ? 0xFF : random());
    }
    if (const auto image = ElfImage::parse(bent)) static_cast<void>(audit(*image, Kind::kStrategy));
  }
}

TEST(KindTest, NoStrategyIsEverGivenTheNetworkOrTheOrders) {
  for (const auto* id : {"eb.http/1", "eb.ws/1", "eb.auth/1", "eb.auth.host/1", "eb.exchange/1",
                         "eb.decimal/1junk", "eb.decimal/2", ""}) {
    EXPECT_FALSE(may_be_granted(Kind::kStrategy, id)) << id;
  }
  EXPECT_FALSE(may_be_granted(Kind::kExchange, "eb.http/1"));
  EXPECT_TRUE(may_be_granted(Kind::kNotifier, "eb.http/1"));
}

}  // namespace
}  // namespace everbit::plugins::test
