#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plugins/plugin_file.h"

namespace everbit::plugins {

// What `everbit verify` tries today. A certificate of an older number proves less.
inline constexpr int kVerifyVersion = 1;
inline constexpr std::array<std::string_view, 5> kVerifyChecks{"prefix", "determinism", "restore",
                                                               "warm-up", "cost"};

// Where the store keeps the certificate of a strategy: <sha256>.cert.json, beside the file.
std::filesystem::path certificate_path(const std::filesystem::path& store, std::string_view sha256);

// Whether `everbit verify` of this version has passed exactly this strategy file in every check.
// The certificate is trusted as far as a plugin is: a regular file of `owner` that nobody else may
// write. It proves tests, not trust; that the file may be loaded at all is for plugins.lock to say.
// Code NO_CERTIFICATE; the message says what is wrong with it and what to do.
Result<void> require_certificate(const std::filesystem::path& store, std::string_view sha256,
                                 Owner owner);

}  // namespace everbit::plugins
