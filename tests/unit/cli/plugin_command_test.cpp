#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string member(const std::string& json, const std::string& name) {
  const std::string begin = "\"" + name + "\":\"";
  const auto at = json.find(begin);
  if (at == std::string::npos) return "";
  const auto from = at + begin.size();
  return json.substr(from, json.find('"', from) - from);
}

TEST(PluginInfo, TellsWhatAFileSaysOfItself) {
  const auto ended = run_everbit({"plugin", "info", "--json", EVERBIT_STRATEGY});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(member(ended.out, "kind"), "strategy");
  EXPECT_EQ(member(ended.out, "id"), "kr.everbit.extreme-flip");
  EXPECT_EQ(member(ended.out, "sha256").size(), 64u);
  const auto text = run_everbit({"plugin", "info", EVERBIT_STRATEGY});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr(member(ended.out, "sha256")));
}

TEST(PluginInfo, RefusesWhatIsNoPluginWithTheReason) {
  const SettingsFolder folder;
  folder.write("cut.so", "\177ELF and no more");
  const auto cut = run_everbit({"plugin", "info", (folder.dir() / "cut.so").string()});
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.err, HasSubstr("PLUGIN_"));
  const auto absent = run_everbit({"plugin", "info", "/nonexistent.so"});
  EXPECT_EQ(absent.code, 1);
  EXPECT_THAT(absent.err, HasSubstr("PLUGIN_OPEN"));
}

TEST(PluginList, ShowsListedPresentAndForgedFilesAlsoWithoutADatabase) {
  const std::string sha =
      member(run_everbit({"plugin", "info", "--json", EVERBIT_STRATEGY}).out, "sha256");
  const SettingsFolder folder;
  folder.write("plugins.lock",
               "[[plugin]]\nid = \"kr.everbit.extreme-flip\"\nkind = \"strategy\"\nsha256 = \"" +
                   sha + "\"\n");
  fs::copy_file(EVERBIT_STRATEGY, folder.store() / (sha + ".so"));
  fs::copy_file(EVERBIT_STRATEGY, folder.store() / (std::string(64, 'e') + ".so"));
  const auto ended = run_everbit({"plugin", "list", "--json", "--config", folder.file()},
                                 {{"DATABASE_URL", "postgresql://someone@127.0.0.1:1/none"}});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("active is unknown"));
  EXPECT_THAT(ended.out, HasSubstr("\"sha256\":\"" + sha +
                                   "\",\"listed\":true,\"present\":true,\"active\":null,"
                                   "\"problem\":null,\"certified\":false"));
  EXPECT_THAT(ended.out, HasSubstr("\"sha256\":\"" + std::string(64, 'e') +
                                   "\",\"listed\":false,\"present\":true,\"active\":null,"
                                   "\"problem\":\"the content"));
}

}  // namespace
}  // namespace everbit::test
