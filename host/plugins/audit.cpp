#include "plugins/audit.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "everbit/abi.h"

namespace everbit::plugins {

namespace {

constexpr std::string_view kEntryPrefix = "eb_plugin_entry_v";

// An entry of any generation: a plugin may offer several beside each other.
bool is_entry(std::string_view name) {
  if (!name.starts_with(kEntryPrefix) || name.size() == kEntryPrefix.size()) return false;
  name.remove_prefix(kEntryPrefix.size());
  return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

void audit_exports(const ElfImage& image, std::vector<Error>& findings) {
  for (const auto& symbol : image.exports()) {
    if (!symbol.unique) continue;
    findings.emplace_back("PLUGIN_UNIQUE_SYMBOL",
                          "it exports a UNIQUE symbol (build with -fno-gnu-unique)", symbol.name);
  }
  for (const auto& symbol : image.exports()) {
    if (!is_entry(symbol.name)) {
      findings.emplace_back("PLUGIN_EXPORTS", "it exports more than its entry", symbol.name);
    } else if (!symbol.function) {
      findings.emplace_back("PLUGIN_EXPORTS", "its entry is not a function", symbol.name);
    }
  }
}

}  // namespace

Result<void> require_entry(const ElfImage& image) {
  const auto& exports = image.exports();
  if (std::ranges::find(exports, EB_ENTRY_SYMBOL, &ElfExport::name) != exports.end()) return {};
  const auto other =
      std::ranges::find_if(exports, [](const auto& symbol) { return is_entry(symbol.name); });
  if (other != exports.end()) {
    return Error("PLUGIN_ABI_GENERATION",
                 "it is built for another generation of the plugin ABI; this host speaks " +
                     std::to_string(EB_ABI_GENERATION),
                 other->name);
  }
  return Error("PLUGIN_NO_ENTRY", "it does not export the entry symbol", EB_ENTRY_SYMBOL);
}

std::vector<Error> audit(const ElfImage& image, Kind kind) {
  std::vector<Error> findings;
  const auto finding = [&](std::string code, std::string message, std::string field = {}) {
    findings.emplace_back(std::move(code), std::move(message), std::move(field));
  };
  if (auto entry = require_entry(image); !entry) findings.push_back(entry.error());
  audit_exports(image, findings);
  const std::string of_kind = " (kind " + std::string(to_string(kind)) + ")";
  for (const auto& library : image.needed()) {
    if (!may_need(kind, library)) {
      finding("PLUGIN_NEEDED", "it needs a library that it may not use" + of_kind, library);
    }
  }
  for (const auto& symbol : image.imports()) {
    if (is_forbidden_import(kind, symbol)) {
      finding("PLUGIN_IMPORT", "it imports a function that it may not use" + of_kind, symbol);
    }
  }
  if (image.has_rpath()) finding("PLUGIN_RPATH", "it names its own library path");
  if (!image.binds_now()) finding("PLUGIN_LAZY_BINDING", "it is not linked with -z now");
  if (image.has_text_relocations()) finding("PLUGIN_TEXT_RELOCATIONS", "its code is relocated");
  if (image.has_executable_stack()) finding("PLUGIN_EXECUTABLE_STACK", "it wants to run the stack");
  if (image.build_id().empty()) finding("PLUGIN_NO_BUILD_ID", "it has no build id");
  return findings;
}

Result<void> require_clean(const ElfImage& image, Kind kind) {
  auto findings = audit(image, kind);
  if (findings.empty()) return {};
  Error first = std::move(findings.front());
  if (findings.size() > 1) {
    first.message += " (and " + std::to_string(findings.size() - 1) + " more findings)";
  }
  return first;
}

}  // namespace everbit::plugins
