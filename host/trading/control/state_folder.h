#pragma once

#include <filesystem>

#include "base/result.h"
#include "trading/control/switch_words.h"

namespace everbit::trading {

// The two files of the kill switch in the state folder (data.dir): `kill-switch.state`, which the
// programs of Everbit write, and `kill-switch.off`, which only the owner makes and removes; its
// being there is all that counts. No state of its own; any thread, any process.
class StateFolder {
 public:
  explicit StateFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // A folder that cannot be looked into may hold the owner's file, and counts as if it did.
  SwitchFiles read() const;
  bool has_owner_file() const;
  // Survives a crash at any moment as the old or the new one. Code FILE_WRITE.
  Result<void> write(const StateFile& file) const;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path owner_file() const { return folder_ / "kill-switch.off"; }
  std::filesystem::path state_file() const { return folder_ / "kill-switch.state"; }

 private:
  std::filesystem::path folder_;
};

// The text of kill-switch.state: one JSON object. Empty: it is not one of ours.
std::string to_json(const StateFile& file);
std::optional<StateFile> parse_state_file(const std::string& text);

}  // namespace everbit::trading
