// everbit-plugin-audit [--kind KIND] FILE…: checks built plugins as the loader will, without
// running them. Exit 0: clean; 1: findings, one a line; 2: a file cannot be read.

#include <algorithm>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

#include "base/files.h"
#include "plugins/audit.h"
#include "plugins/manifest.h"

namespace {

using everbit::Error;
using everbit::plugins::Kind;

constexpr std::size_t kMaxFile = 512U * 1024U * 1024U;

void report(const char* file, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", file, everbit::to_string(error).c_str());
}

int audit_file(const char* file, std::optional<Kind> wanted) {
  const auto content = everbit::read_file(file, kMaxFile);
  if (!content) {
    report(file, content.error());
    return 2;
  }
  const auto image = everbit::plugins::ElfImage::parse(std::as_bytes(std::span(*content)));
  if (!image) {
    report(file, image.error());
    return 1;
  }
  const auto manifest = everbit::plugins::parse_manifest(image->manifest());
  if (!manifest) {
    report(file, manifest.error());
    return 1;
  }
  if (wanted && manifest->kind != *wanted) {
    report(file, {"PLUGIN_KIND", "its manifest names another kind than its build", "kind"});
    return 1;
  }
  const auto findings = everbit::plugins::audit(*image, manifest->kind);
  for (const auto& finding : findings) report(file, finding);
  return findings.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::span<char*> files(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0)));
  std::optional<Kind> wanted;
  if (files.size() >= 2 && std::string_view(files[0]) == "--kind") {
    wanted = everbit::plugins::parse_kind(files[1]);
    files = wanted ? files.subspan(2) : files.subspan(0, 0);
  }
  if (files.empty()) {
    std::fprintf(stderr, "usage: everbit-plugin-audit [--kind KIND] FILE...\n");
    return 2;
  }
  int worst = 0;
  for (const char* file : files) worst = std::max(worst, audit_file(file, wanted));
  return worst;
}
