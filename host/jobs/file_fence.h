#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "plugins/unique_fd.h"

namespace everbit::jobs {

// Which files a process may use from now on, whatever its user's rights are (Landlock): `readable`
// and what lies beneath may be read and executed, `writable` changed too. Everything else cannot be
// opened, made, moved or deleted, and no process outside the fence can be looked into. Kept across
// exec and by the process's own children.
class FileFence {
 public:
  // Code SANDBOX. On a kernel without Landlock the fence is empty and binds nothing.
  static Result<FileFence> make(const std::vector<std::filesystem::path>& readable,
                                const std::filesystem::path& writable);
  static bool is_known_here();

  // In the process that is to be bound. Neither allocates nor locks. Needs PR_SET_NO_NEW_PRIVS.
  bool bind() const;

 private:
  explicit FileFence(plugins::UniqueFd rules) : rules_(std::move(rules)) {}

  plugins::UniqueFd rules_;
};

}  // namespace everbit::jobs
