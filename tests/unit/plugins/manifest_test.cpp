#include "plugins/manifest.h"

#include <gtest/gtest.h>

namespace everbit::plugins {
namespace {

const std::string kHead =
    "generation=1\nkind=strategy\nid=kr.everbit.x\nversion=1.0.0\nhost_level=1\n";

TEST(ManifestTest, ReadsEveryKey) {
  const auto manifest = parse_manifest(kHead +
                                       "requires=eb.decimal/1\noptional=eb.timer/1\n"
                                       "draft=eb.new_thing/2\nstate=x:1:3\nreason=7:NO_EXTREME\n");
  ASSERT_TRUE(manifest) << to_string(manifest.error());
  EXPECT_EQ(manifest->kind, Kind::kStrategy);
  EXPECT_EQ(manifest->required, std::vector<std::string>{"eb.decimal/1"});
  EXPECT_EQ(manifest->draft, std::vector<std::string>{"eb.new_thing/2"});
  EXPECT_EQ(manifest->state->written, 3U);
  EXPECT_EQ(manifest->reason_code(7), "NO_EXTREME");
  EXPECT_FALSE(manifest->reason_code(8));
}

struct Bad {
  std::string text;
  std::string field;
};

class BadManifestTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadManifestTest, IsRefusedByTheNameOfTheKey) {
  const auto manifest = parse_manifest(GetParam().text);
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, "PLUGIN_MANIFEST");
  EXPECT_EQ(manifest.error().field, GetParam().field) << to_string(manifest.error());
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadManifestTest,
    ::testing::Values(
        Bad{"kind=strategy\n", "generation"}, Bad{"generation=one\n", "generation"},
        Bad{kHead + "kind=exchange\n", "kind"}, Bad{kHead + "colour=blue\n", "colour"},
        Bad{kHead + "nonsense\n", "nonsense"}, Bad{kHead + "requires=\n", "requires"},
        Bad{kHead + "requires=decimal\n", "requires"}, Bad{kHead + "requires=eb.x/0\n", "requires"},
        Bad{kHead + "requires=eb.x/1\noptional=eb.x/1\n", "optional"},
        Bad{kHead + "state=x:3:1\n", "state"}, Bad{kHead + "state=x\n", "state"},
        Bad{kHead + "reason=0:X\n", "reason"}, Bad{kHead + "reason=1:lower\n", "reason"},
        Bad{kHead + "reason=1:A\nreason=1:B\n", "reason"}, Bad{kHead + "database=3\n", "database"},
        Bad{kHead + "reason=1:A B\n", "reason"}, Bad{kHead + "no line break", ""},
        Bad{kHead + "reason=" + std::string(300, '1') + "\n", "reason"},
        Bad{"generation=1\nkind=poet\n", "kind"}, Bad{"generation=1\nkind=auth\n", "id"},
        Bad{"generation=1\nid=Upper.case\n", "id"}, Bad{"generation=1\nid=nodots\n", "id"},
        Bad{"generation=1\nid=a..b\n", "id"}, Bad{"generation=1\nid=a.-b\n", "id"},
        Bad{"generation=1\nversion=1 0\n", "version"}));

TEST(ManifestTest, OtherGenerationsAndNewerHostsHaveTheirOwnErrors) {
  EXPECT_EQ(parse_manifest("").error().code, "PLUGIN_NO_MANIFEST");
  EXPECT_EQ(parse_manifest("generation=2\nanything at all\n").error().code,
            "PLUGIN_ABI_GENERATION");
  EXPECT_EQ(parse_manifest("generation=1\nhost_level=2\n").error().code, "PLUGIN_HOST_LEVEL");
}

}  // namespace
}  // namespace everbit::plugins
