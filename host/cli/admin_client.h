#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"

namespace everbit::cli {

// What the daemon answered.
struct Answer {
  unsigned status = 0;
  std::string body;
};

// One request over the daemon's admin socket, on a connection of its own. `path` is without the
// base. Codes: ADMIN_UNREACHABLE, nothing was sent; ADMIN_SILENT, it was sent and no whole answer
// came: it may have been carried out or not.
Result<Answer> ask_daemon(const std::filesystem::path& socket, std::string_view method,
                          std::string_view path, std::string_view body, Deadline deadline);

}  // namespace everbit::cli
