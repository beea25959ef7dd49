#include "plugins/library.h"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace everbit::plugins {

namespace {

// Not memcmp: AddressSanitizer keeps forbidden zones between a plugin's constants, which are read
// too.
__attribute__((no_sanitize("address"))) bool same_bytes(const std::byte* a, const std::byte* b,
                                                        std::uint64_t size) {
  for (std::uint64_t n = 0; n < size; ++n) {
    if (a[n] != b[n]) return false;
  }
  return true;
}

// The fixed segments in memory must be the bytes that were hashed. It holds where an inode would
// not: overlay filesystems show another one in /proc/self/maps, and a write in place keeps it.
Result<void> require_same_bytes(const void* inside, const PluginFile& file, const ElfImage& image) {
  Dl_info info{};
  if (::dladdr(inside, &info) == 0 || info.dli_fbase == nullptr) {
    return Error("PLUGIN_MAPPED", "the loader does not know where it was mapped",
                 file.path.string());
  }
  // The first fixed segment starts at the base, so addresses are relative to it.
  const auto* base = static_cast<const std::byte*>(info.dli_fbase);
  const std::uint64_t first = image.fixed_segments().front().address;
  for (const auto& segment : image.fixed_segments()) {
    if (!same_bytes(base + (segment.address - first), file.bytes.data() + segment.file_offset,
                    segment.size)) {
      return Error("PLUGIN_MAPPED", "what was mapped is not the file that was hashed",
                   file.path.string());
    }
  }
  return {};
}

}  // namespace

struct Library::Registry {
  struct Resident {
    PluginFile file;
    boost::dll::shared_library code;
    std::unique_ptr<Library> library;
  };
  std::mutex mutex;
  std::map<std::string, const Library*, std::less<>> by_sha256;
  // Also those that failed a check after they were mapped.
  std::vector<std::unique_ptr<Resident>> mapped;

  // Never destroyed, so nothing is ever unmapped, also not at exit.
  static Registry& instance() {
    static auto* registry = new Registry;
    return *registry;
  }

  Result<const Library*> load(PluginFile file, const ElfImage& image) {
    const std::lock_guard lock(mutex);
    if (const auto found = by_sha256.find(file.sha256); found != by_sha256.end()) {
      return found->second;
    }
    auto& resident = *mapped.emplace_back(std::make_unique<Resident>());
    resident.file = std::move(file);
    if (auto done = map(resident); !done) {
      mapped.pop_back();
      return done.error();
    }
    auto factory = check(resident, image);
    if (!factory) return factory.error();
    resident.library.reset(new Library);
    resident.library->sha256_ = resident.file.sha256;
    resident.library->factory_ = *factory;
    // Only the mapping is needed from now on.
    resident.file.bytes = {};
    by_sha256.emplace(resident.library->sha256_, resident.library.get());
    return resident.library.get();
  }

  static Result<void> map(Resident& resident) {
    const std::string name = "/proc/self/fd/" + std::to_string(resident.file.fd.get());
    namespace dll = boost::dll;
    try {
      resident.code.load(name, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
    } catch (const std::exception& error) {
      return Error("PLUGIN_LOAD", std::string("the dynamic loader refuses it: ") + error.what(),
                   resident.file.path.string());
    }
    return {};
  }

  static Result<eb_factory> check(Resident& resident, const ElfImage& image) {
    void* symbol = ::dlsym(resident.code.native(), EB_ENTRY_SYMBOL);
    if (symbol == nullptr) {
      return Error("PLUGIN_NO_ENTRY", "it does not export the entry symbol", EB_ENTRY_SYMBOL);
    }
    if (auto same = require_same_bytes(symbol, resident.file, image); !same) return same.error();
    return inspect_module(reinterpret_cast<EntryFunction>(symbol), image.manifest());
  }
};

Result<const Library*> Library::load(PluginFile file, const ElfImage& image) {
  return Registry::instance().load(std::move(file), image);
}

std::size_t Library::resident() {
  auto& registry = Registry::instance();
  const std::lock_guard lock(registry.mutex);
  return registry.mapped.size();
}

}  // namespace everbit::plugins
