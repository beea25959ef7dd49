#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace everbit {

// Replaces `path` so that a reader, and a crash at any moment, sees the old content or the new,
// never a part: a temporary file beside it, fsync, rename, fsync of the folder. Code FILE_WRITE.
Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view content,
                               unsigned mode = 0640);

// The whole of a regular file. Codes: FILE_NOT_FOUND, FILE_READ, FILE_TOO_LARGE.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace everbit
