// everbit-plugin-probe: loads the plugin on descriptor 3 and asks its entry, so that a crash
// happens here and not in the daemon. Started by the loader only. Writes "ok" or
// "CODE<TAB>field<TAB>message" to standard output.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>

#include "plugins/library.h"

namespace {

using everbit::Error;
using everbit::Result;
using everbit::plugins::ElfImage;
using everbit::plugins::Library;
using everbit::plugins::PluginFile;
using everbit::plugins::UniqueFd;

constexpr int kFile = 3;

std::ptrdiff_t count_entries(const char* folder) {
  namespace fs = std::filesystem;
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// What a constructor could have changed for the whole process.
struct Surroundings {
  std::ptrdiff_t threads = count_entries("/proc/self/task");
  std::ptrdiff_t descriptors = count_entries("/proc/self/fd");
  bool same_handlers = handlers_are_default();

  static bool handlers_are_default() {
    for (int signal = 1; signal < SIGRTMIN; ++signal) {
      struct sigaction action {};
      if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_DFL &&
          action.sa_handler != SIG_IGN) {
        return false;
      }
    }
    return true;
  }
};

Result<void> compare(const Surroundings& before, const Surroundings& after) {
  if (after.threads != before.threads)
    return Error("PLUGIN_CONSTRUCTOR", "loading it starts a thread");
  if (after.descriptors != before.descriptors) {
    return Error("PLUGIN_CONSTRUCTOR", "loading it leaves a file open");
  }
  if (after.same_handlers != before.same_handlers) {
    return Error("PLUGIN_CONSTRUCTOR", "loading it sets a signal handler");
  }
  return {};
}

Result<PluginFile> take_file() {
  struct stat info {};
  if (::fstat(kFile, &info) != 0 || info.st_size <= 0) {
    return Error("PLUGIN_PROBE", "descriptor 3 is no file");
  }
  PluginFile file;
  file.fd = UniqueFd(kFile);
  file.path = "descriptor 3";
  file.bytes.resize(static_cast<std::size_t>(info.st_size));
  if (::pread(kFile, file.bytes.data(), file.bytes.size(), 0) != info.st_size) {
    return Error("PLUGIN_CHANGED", "it changed while it was read");
  }
  return file;
}

Result<void> run() {
  auto file = take_file();
  if (!file) return file.error();
  const auto image = ElfImage::parse(file->bytes);
  if (!image) return image.error();
  const Surroundings before;
  const auto library = Library::load(std::move(*file), *image);
  if (!library) return library.error();
  return compare(before, Surroundings{});
}

}  // namespace

int main() {
  const struct rlimit none { 0, 0 };
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto done = run();
  std::string text = "ok";
  if (!done) {
    const Error& error = done.error();
    text = error.code + '\t' + error.field + '\t' + error.message;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  // Destructors of the plugin's statics are not ours to run.
  std::_Exit(done ? 0 : 1);
}
