#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace everbit::config {

// One version of a secret that may have several at a time.
struct SecretVersion {
  std::string id;
  Secret bytes;
};

// Reads "id:base64,id:base64", or a single base64 text, whose id is 1. The first version makes new
// values, the others only read. Ids are 1 to 32 letters, digits, '-', '_' or '.', each once; at
// most 16 versions. `name` stands in the messages, which never quote the value. Codes:
// SECRET_MISSING, SECRET_SYNTAX, SECRET_SHORT (fewer than `least_bytes`).
Result<std::vector<SecretVersion>> parse_secret_versions(std::string_view name, const Secret& text,
                                                         std::size_t least_bytes);

}  // namespace everbit::config
