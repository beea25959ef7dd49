#include "plugins/loader.h"

#include "plugins/audit.h"
#include "plugins/elf_image.h"

namespace everbit::plugins {

namespace {

struct Examined {
  ElfImage image;
  Manifest manifest;
};

Error about(Error error, const PluginFile& file) {
  error.message = file.path.filename().string() + ": " + error.message;
  return error;
}

// The entry's generation is judged before the manifest: a later generation may word it differently.
Result<Examined> examine(const PluginFile& file) {
  auto image = ElfImage::parse(file.bytes);
  if (!image) return image.error();
  if (auto entry = require_entry(*image); !entry) return entry.error();
  if (image->manifest_count() > 1) {
    return Error("PLUGIN_MANIFEST", "the file has more than one manifest note");
  }
  auto manifest = parse_manifest(image->manifest());
  if (!manifest) return manifest.error();
  return Examined{std::move(*image), std::move(*manifest)};
}

}  // namespace

Result<LoadedPlugin> Loader::load(const std::filesystem::path& path, Kind kind) {
  const std::lock_guard lock(mutex_);
  auto file = open_plugin_file(path, options_.owner);
  if (!file) return file.error();
  const config::LockedPlugin* entry = options_.lock.find_sha256(file->sha256);
  if (entry == nullptr) {
    return Error("PLUGIN_UNLISTED",
                 path.filename().string() + ": plugins.lock does not list sha256 " + file->sha256,
                 "plugins.lock");
  }
  return load_as(std::move(*file), *entry, kind);
}

Result<LoadedPlugin> Loader::load_unlisted_strategy(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  auto file = open_plugin_file(path, Owner::kRootOrSelf);
  if (!file) return file.error();
  const auto examined = examine(*file);
  if (!examined) return about(examined.error(), *file);
  config::LockedPlugin entry{examined->manifest.id, "strategy", file->sha256,
                             examined->manifest.required, ""};
  entry.grants.insert(entry.grants.end(), examined->manifest.optional.begin(),
                      examined->manifest.optional.end());
  return load_as(std::move(*file), entry, Kind::kStrategy);
}

Result<LoadedPlugin> Loader::load_as(PluginFile file, const config::LockedPlugin& entry,
                                     Kind kind) {
  auto examined = examine(file);
  if (!examined) return about(examined.error(), file);
  Manifest& manifest = examined->manifest;
  if (manifest.kind != kind) {
    return about({"PLUGIN_KIND",
                  "it is of kind " + std::string(to_string(manifest.kind)) + ", wanted is " +
                      std::string(to_string(kind)),
                  "kind"},
                 file);
  }
  auto clean = require_clean(examined->image, manifest.kind);
  if (!clean) return about(clean.error(), file);
  auto grants = grants_of(manifest, entry, options_.allow_draft);
  if (!grants) return about(grants.error(), file);
  if (auto survived = probe(file, options_.probe); !survived) {
    return about(survived.error(), file);
  }
  std::string sha256 = file.sha256;
  const auto name = file.path.filename().string();
  auto library = Library::load(std::move(file), examined->image);
  if (!library) {
    Error error = library.error();
    error.message = name + ": " + error.message;
    return error;
  }
  return LoadedPlugin{std::move(sha256), std::move(manifest), std::move(*grants), *library};
}

Result<PluginInfo> Loader::inspect(const std::filesystem::path& path) const {
  auto file = open_plugin_file(path, Owner::kRootOrSelf);
  if (!file) return file.error();
  auto examined = examine(*file);
  if (!examined) return about(examined.error(), *file);
  return PluginInfo{file->sha256, examined->image.build_id(), std::move(examined->manifest)};
}

void Loader::set_lock(config::PluginsLock lock) {
  const std::lock_guard guard(mutex_);
  options_.lock = std::move(lock);
}

}  // namespace everbit::plugins
