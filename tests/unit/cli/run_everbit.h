#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace everbit::test {

// How a run of the real program ended.
struct Ended {
  int code = -1;  // -1: it did not end by itself
  std::string out;
  std::string err;
};

// Runs `everbit` with these words and these variables added to the environment, at most a minute.
Ended run_everbit(const std::vector<std::string>& words,
                  const std::map<std::string, std::string>& environment = {});

// A folder of its own with a settings file, removed at the end.
class SettingsFolder {
 public:
  // `toml` stands before the sections that point every path into the folder.
  explicit SettingsFolder(const std::string& toml = "");
  ~SettingsFolder();
  SettingsFolder(const SettingsFolder&) = delete;
  SettingsFolder& operator=(const SettingsFolder&) = delete;

  const std::filesystem::path& dir() const { return dir_; }
  std::string file() const { return (dir_ / "everbit.toml").string(); }
  std::filesystem::path store() const { return dir_ / "plugins"; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path dir_;
};

}  // namespace everbit::test
