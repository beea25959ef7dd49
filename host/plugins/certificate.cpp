#include "plugins/certificate.h"

#include <simdjson.h>

#include <optional>

namespace everbit::plugins {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostBytes = std::size_t{256} << 10;

// What keeps the text from certifying the file; nothing: it does.
std::optional<std::string> objection_to(std::string_view json, std::string_view sha256) {
  simdjson::dom::parser parser;
  element root;
  std::string_view text;
  std::int64_t version = 0;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS ||
      root["certificate"].get(text) != simdjson::SUCCESS || text != "everbit-verify") {
    return "is no certificate of `everbit verify`";
  }
  if (root["sha256"].get(text) != simdjson::SUCCESS || text != sha256) {
    return "is that of another file";
  }
  if (root["verifyVersion"].get(version) != simdjson::SUCCESS || version != kVerifyVersion) {
    return "is of another version of the checks than " + std::to_string(kVerifyVersion);
  }
  const auto is_passed = [](auto checked) {
    bool passed = false;
    return checked["passed"].get(passed) == simdjson::SUCCESS && passed;
  };
  for (const std::string_view check : kVerifyChecks) {
    if (!is_passed(root["checks"][check])) {
      return "does not show that the check " + std::string(check) + " was passed";
    }
  }
  if (!is_passed(root)) return "says that it is not passed";
  return std::nullopt;
}

Error refusal(const std::filesystem::path& file, std::string_view sha256, const std::string& why) {
  const std::string strategy = (file.parent_path() / sha256).string() + ".so";
  return {"NO_CERTIFICATE",
          "REAL mode runs only a strategy that `everbit verify` has passed; " + file.string() +
              " " + why + ". Run as root: everbit verify " + strategy +
              " --candles KRW-BTC=FILE --candles KRW-ETH=FILE --out " + file.parent_path().string(),
          "strategy.plugin"};
}

}  // namespace

std::filesystem::path certificate_path(const std::filesystem::path& store,
                                       std::string_view sha256) {
  return store / (std::string(sha256) + ".cert.json");
}

Result<void> require_certificate(const std::filesystem::path& store, std::string_view sha256,
                                 Owner owner) {
  const auto path = certificate_path(store, sha256);
  std::error_code ignored;
  if (std::filesystem::symlink_status(path, ignored).type() ==
      std::filesystem::file_type::not_found) {
    return refusal(path, sha256, "does not exist");
  }
  const auto file = open_plugin_file(path, owner);
  if (!file) return refusal(path, sha256, "is refused: " + file.error().message);
  if (file->bytes.size() > kMostBytes) return refusal(path, sha256, "is too large");
  const std::string_view json(reinterpret_cast<const char*>(file->bytes.data()),
                              file->bytes.size());
  if (auto why = objection_to(json, sha256)) return refusal(path, sha256, *why);
  return {};
}

}  // namespace everbit::plugins
