#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace everbit::plugins {

// A symbol that a shared object offers to others.
struct ElfExport {
  std::string name;
  bool function = false;
  // STB_GNU_UNIQUE: the object could never be unloaded, and would share the symbol with the host.
  bool unique = false;
};

// A read-only stretch of the file that the dynamic loader maps unchanged.
struct ElfSegment {
  std::uint64_t file_offset = 0;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

// What a shared object says of itself, read from its bytes without running any of it. It follows
// the program headers and the dynamic section, which are what the dynamic loader obeys, never the
// section headers. The input is hostile: every offset is checked, every list is bounded. Error
// codes: PLUGIN_TRUNCATED (a table leads outside the file), PLUGIN_NOT_ELF, PLUGIN_ELF_CLASS (wrong
// width, byte order, machine or file type), PLUGIN_ELF_MALFORMED.
class ElfImage {
 public:
  static Result<ElfImage> parse(std::span<const std::byte> bytes);

  // The text of the one note of EB_NOTE_NAME; empty if there is none.
  std::string_view manifest() const { return manifest_; }
  // More than one: which of them holds would be a guess.
  std::size_t manifest_count() const { return manifest_count_; }
  // Lower-case hex; empty if there is none.
  const std::string& build_id() const { return build_id_; }
  // DT_NEEDED, in order.
  const std::vector<std::string>& needed() const { return needed_; }
  const std::vector<ElfExport>& exports() const { return exports_; }
  // Names of undefined symbols.
  const std::vector<std::string>& imports() const { return imports_; }
  const std::vector<ElfSegment>& fixed_segments() const { return fixed_segments_; }
  // DT_RPATH or DT_RUNPATH is there.
  bool has_rpath() const { return has_rpath_; }
  bool binds_now() const { return binds_now_; }
  bool has_text_relocations() const { return has_text_relocations_; }
  bool has_executable_stack() const { return has_executable_stack_; }

 private:
  friend class ElfReader;
  std::string manifest_;
  std::size_t manifest_count_ = 0;
  std::string build_id_;
  std::vector<std::string> needed_;
  std::vector<ElfExport> exports_;
  std::vector<std::string> imports_;
  std::vector<ElfSegment> fixed_segments_;
  bool has_rpath_ = false;
  bool binds_now_ = false;
  bool has_text_relocations_ = false;
  bool has_executable_stack_ = false;
};

}  // namespace everbit::plugins
