#pragma once

#include <string>

#include "base/result.h"
#include "plugins/elf_image.h"
#include "plugins/module.h"
#include "plugins/plugin_file.h"

namespace everbit::plugins {

// A plugin's code, mapped into this process until it ends: unloading is never safe (a thread, a
// destructor or an atexit handler may still point into it). Constant after loading; any thread.
class Library {
 public:
  // Maps the file through its own descriptor and keeps the descriptor, so that its name
  // "/proc/self/fd/N" is never used again for another file: the dynamic loader would return this
  // library for that name. The same content is mapped once. Constructors of the file run.
  // Codes: PLUGIN_LOAD (the dynamic loader's text), PLUGIN_MAPPED (what was mapped is not what was
  // hashed), and those of inspect_module().
  static Result<const Library*> load(PluginFile file, const ElfImage& image);

  const std::string& sha256() const { return sha256_; }
  const eb_factory& factory() const { return factory_; }

  // How many libraries are mapped.
  static std::size_t resident();

 private:
  struct Registry;
  Library() = default;
  std::string sha256_;
  eb_factory factory_{};
};

}  // namespace everbit::plugins
