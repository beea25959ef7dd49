#include "plugins/loader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/files.h"
#include "plugins/elf_image.h"
#include "unit/plugins/fixture.h"

namespace everbit::plugins::test {
namespace {

constexpr auto kBroken = "kr.everbit.test.broken";

std::string read(const fs::path& file) {
  auto content = read_file(file, 100 * 1024 * 1024);
  EXPECT_TRUE(content);
  return content ? *content : "";
}

void write(const fs::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
  ::chmod(file.c_str(), 0644);
}

// The error of a listed, broken fixture; and this process can still load a good plugin afterwards.
Error refusal(const fs::path& file, std::string kind = "strategy") {
  auto loader = loader_for({listed(file, good_extensions(), kBroken, kind)});
  const auto loaded = loader.load(file, *parse_kind(kind));
  EXPECT_FALSE(loaded) << file;
  const auto good = load_good();
  EXPECT_TRUE(good) << to_string(good.error());
  return loaded ? Error() : loaded.error();
}

struct Case {
  const char* fixture;
  const char* code;
  // A part of the message or of the field.
  const char* says;
};

class BrokenPluginTest : public ::testing::TestWithParam<Case> {};

TEST_P(BrokenPluginTest, IsRefusedWithItsOwnReasonAndTheProcessGoesOn) {
  const auto error = refusal(fixture(GetParam().fixture));
  EXPECT_EQ(error.code, GetParam().code) << to_string(error);
  EXPECT_NE(to_string(error).find(GetParam().says), std::string::npos) << to_string(error);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BrokenPluginTest,
    ::testing::Values(Case{"crash-entry", "PLUGIN_CRASHED",
                           "crash-entry.so: it crashes while it is loaded"},
                      Case{"generation-2", "PLUGIN_ABI_GENERATION", "eb_plugin_entry_v2"},
                      Case{"generation-2-note", "PLUGIN_ABI_GENERATION", "generation 2"},
                      Case{"exports-more", "PLUGIN_EXPORTS", "someone_elses_name"},
                      Case{"unique", "PLUGIN_UNIQUE_SYMBOL", "counter"},
                      Case{"import-socket", "PLUGIN_IMPORT", "socket"},
                      Case{"import-thread", "PLUGIN_IMPORT", "_ZNSt6thread15_M_start_thread"},
                      Case{"import-crypto", "PLUGIN_NEEDED", "libcrypto"},
                      Case{"exit-entry", "PLUGIN_IMPORT", "_exit"},
                      Case{"no-note", "PLUGIN_NO_MANIFEST", "no manifest note"},
                      Case{"other-descriptor", "PLUGIN_DESCRIPTOR", "differs from the note"},
                      Case{"small-module", "PLUGIN_ENTRY", "smaller"},
                      Case{"impure-entry", "PLUGIN_ENTRY", "not pure"},
                      Case{"wants-http", "PLUGIN_NOT_GRANTED", "eb.http/1"}),
    [](const auto& broken) {
      std::string name = broken.param.fixture;
      std::ranges::replace(name, '-', '_');
      return name;
    });

TEST(LoaderTest, ACrashInAConstructorStaysInTheProbe) {
  const auto error = refusal(fixture("crash-constructor"));
  // A sanitizer turns the signal into an exit of its own.
  EXPECT_TRUE(error.code == "PLUGIN_CRASHED" || error.code == "PLUGIN_EXITED") << to_string(error);
}

TEST(LoaderTest, AnEntryThatNeverReturnsIsGivenUp) {
  const auto file = fixture("hang-entry");
  Loader loader({lock_of({listed(file, {}, kBroken)}),
                 {},
                 Owner::kRootOrSelf,
                 probe_options(std::chrono::milliseconds(300))});
  const auto loaded = loader.load(file, Kind::kStrategy);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "PLUGIN_HUNG");
}

TEST(LoaderTest, AnEntryThatEndsTheProcessWithSuccessIsNoSuccess) {
  const auto file = open_plugin_file(fixture("exit-entry"), Owner::kRootOrSelf);
  ASSERT_TRUE(file);
  const auto survived = probe(*file, probe_options());
  ASSERT_FALSE(survived);
  EXPECT_EQ(survived.error().code, "PLUGIN_EXITED");
}

TEST(LoaderTest, AConstructorThatStartsAThreadIsRefused) {
  EXPECT_EQ(refusal(fixture("thread-constructor"), "event_bus").code, "PLUGIN_CONSTRUCTOR");
}

TEST(LoaderTest, AMissingProbeIsAnErrorAndNotAPass) {
  const auto file = fixture("good");
  Loader loader({lock_of({listed(file, good_extensions())}),
                 {},
                 Owner::kRootOrSelf,
                 {"/nonexistent/everbit-plugin-probe", std::chrono::seconds(1)}});
  const auto loaded = loader.load(file, Kind::kStrategy);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "PLUGIN_PROBE");
}

TEST(LoaderTest, AnUnlistedFileIsRefusedBeforeAnythingElse) {
  const auto loaded = loader_for({}).load(fixture("crash-constructor"), Kind::kStrategy);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "PLUGIN_UNLISTED");
}

TEST(LoaderTest, TheEntryOfTheLockMustSpeakOfThisPlugin) {
  const auto file = fixture("good");
  const auto code = [&](config::LockedPlugin entry) {
    const auto loaded = loader_for({std::move(entry)}).load(file, Kind::kStrategy);
    return loaded ? "" : loaded.error().code;
  };
  EXPECT_EQ(code(listed(file, good_extensions(), "kr.everbit.other")), "PLUGIN_ID");
  EXPECT_EQ(code(listed(file, good_extensions(), "kr.everbit.test.good", "notifier")),
            "PLUGIN_KIND");
  EXPECT_EQ(code(listed(file, {"eb.timer/1"})), "PLUGIN_NOT_GRANTED");
}

TEST(LoaderTest, AnotherKindThanWantedIsRefused) {
  const auto file = fixture("good");
  const auto loaded = loader_for({listed(file, good_extensions())}).load(file, Kind::kExchange);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "PLUGIN_KIND");
}

TEST(LoaderTest, OnlyWhatIsListedIsGranted) {
  const auto file = fixture("good");
  const auto loaded =
      loader_for({listed(file, {"eb.decimal/1", "eb.http/1"})}).load(file, Kind::kStrategy);
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  EXPECT_EQ(loaded->grants, std::vector<std::string>{"eb.decimal/1"});
}

TEST(LoaderTest, EveryTruncationIsRefusedWithoutRunningAnything) {
  const ScratchFolder scratch;
  const std::string whole = read(fixture("good"));
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{4}, std::size_t{15}, std::size_t{63}, std::size_t{64},
        std::size_t{100}, std::size_t{600}, std::size_t{1000}, std::size_t{4095}, std::size_t{4096},
        whole.size() / 2, whole.size() - 64, whole.size() - 1}) {
    const auto file = scratch.path() / ("cut" + std::to_string(size) + ".so");
    write(file, whole.substr(0, size));
    const auto loaded = loader_for({listed(file, good_extensions())}).load(file, Kind::kStrategy);
    ASSERT_FALSE(loaded) << size;
    const auto& code = loaded.error().code;
    EXPECT_TRUE(code == "PLUGIN_TRUNCATED" || (size < 4 && code == "PLUGIN_NOT_ELF"))
        << size << code;
  }
}

TEST(LoaderTest, AnEmptyFileIsRefused) {
  const ScratchFolder scratch;
  write(scratch.path() / "empty.so", "");
  const auto loaded = loader_for({}).load(scratch.path() / "empty.so", Kind::kStrategy);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "PLUGIN_TRUNCATED");
}

TEST(LoaderTest, AFileThatOthersMayWriteIsRefused) {
  const ScratchFolder scratch;
  const auto file = scratch.path() / "good.so";
  fs::copy_file(fixture("good"), file);
  for (const mode_t mode : {0666U, 0664U, 0646U}) {
    ::chmod(file.c_str(), mode);
    EXPECT_EQ(open_plugin_file(file, Owner::kRootOrSelf).error().code, "PLUGIN_WRITABLE");
  }
}

TEST(LoaderTest, AFileOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const ScratchFolder scratch;
  const auto file = scratch.path() / "good.so";
  fs::copy_file(fixture("good"), file);
  ::chmod(file.c_str(), 0644);
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  EXPECT_EQ(open_plugin_file(file, Owner::kRoot).error().code, "PLUGIN_OWNER");
  EXPECT_EQ(open_plugin_file(file, Owner::kRootOrSelf).error().code, "PLUGIN_OWNER");
}

TEST(LoaderTest, ALinkAFolderAndAPipeAreNoPlugins) {
  const ScratchFolder scratch;
  fs::create_symlink(fixture("good"), scratch.path() / "link.so");
  ASSERT_EQ(::mkfifo((scratch.path() / "pipe.so").c_str(), 0600), 0);
  const auto code = [&](const char* name) {
    return open_plugin_file(scratch.path() / name, Owner::kRootOrSelf).error().code;
  };
  EXPECT_EQ(code("link.so"), "PLUGIN_SYMLINK");
  EXPECT_EQ(code("pipe.so"), "PLUGIN_NOT_REGULAR");
  EXPECT_EQ(code("."), "PLUGIN_NOT_REGULAR");
  EXPECT_EQ(code("missing.so"), "PLUGIN_OPEN");
}

TEST(LibraryTest, AFileExchangedAfterHashingIsNotWhatIsLoaded) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "good.so";
  fs::copy_file(fixture("good"), path);
  ::chmod(path.c_str(), 0644);
  auto file = open_plugin_file(path, Owner::kRootOrSelf);
  ASSERT_TRUE(file);
  fs::copy_file(fixture("crash-constructor"), scratch.path() / "evil.so");
  fs::rename(scratch.path() / "evil.so", path);
  const auto image = ElfImage::parse(file->bytes);
  ASSERT_TRUE(image);
  const std::string hashed = file->sha256;
  const auto library = Library::load(std::move(*file), *image);
  ASSERT_TRUE(library) << to_string(library.error());
  EXPECT_EQ((*library)->sha256(), hashed);
}

TEST(LibraryTest, AFileWrittenInPlaceAfterHashingIsNoticed) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "good.so";
  // A copy of its own content, so that no library of this content is mapped already.
  std::string content = read(fixture("good"));
  content += "changed";
  write(path, content);
  auto file = open_plugin_file(path, Owner::kRootOrSelf);
  ASSERT_TRUE(file);
  const auto image = ElfImage::parse(file->bytes);
  ASSERT_TRUE(image);
  const auto at = content.find("1.2.3");
  ASSERT_NE(at, std::string::npos);
  {
    std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(at));
    out << "6.6.6";
  }
  const auto library = Library::load(std::move(*file), *image);
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, "PLUGIN_MAPPED");
}

TEST(LibraryTest, TwoContentsNeverShareAMappingThroughAReusedDescriptor) {
  const auto first = load_good();
  ASSERT_TRUE(first);
  const ScratchFolder scratch;
  const auto path = scratch.path() / "other.so";
  write(path, read(fixture("good")) + "other");
  const auto other = loader_for({listed(path, good_extensions())}).load(path, Kind::kStrategy);
  ASSERT_TRUE(other) << to_string(other.error());
  EXPECT_NE(first->library, other->library);
  EXPECT_NE(first->library->factory().create, other->library->factory().create);
  const auto resident = Library::resident();
  EXPECT_TRUE(load_good());
  EXPECT_EQ(Library::resident(), resident) << "the same content is mapped once";
}

TEST(LoaderTest, InfoIsReadWithoutTrustOrExecution) {
  const auto info = loader_for({}).inspect(fixture("good"));
  ASSERT_TRUE(info) << to_string(info.error());
  EXPECT_EQ(info->manifest.id, "kr.everbit.test.good");
  EXPECT_EQ(info->manifest.version, "1.2.3");
  EXPECT_EQ(info->manifest.state->written, 1U);
  EXPECT_FALSE(info->build_id.empty());
}

TEST(LoaderTest, AStrategyForABackTestNeedsNoLockButEveryOtherCheck) {
  auto loader = loader_for({});
  EXPECT_TRUE(loader.load_unlisted_strategy(fixture("good")));
  EXPECT_EQ(loader.load_unlisted_strategy(fixture("wants-http")).error().code,
            "PLUGIN_NOT_GRANTED");
  EXPECT_EQ(loader.load_unlisted_strategy(fixture("thread-constructor")).error().code,
            "PLUGIN_KIND");
}

}  // namespace
}  // namespace everbit::plugins::test
