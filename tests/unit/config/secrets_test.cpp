#include "config/secrets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/files.h"
#include "base/log_redaction.h"

namespace everbit::config {
namespace {

namespace fs = std::filesystem;

class TakeSecrets : public testing::Test {
 protected:
  TakeSecrets() {
    std::string pattern = (fs::temp_directory_path() / "everbit-secrets-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    clear();
  }
  ~TakeSecrets() override {
    clear();
    fs::remove_all(folder_);
  }

  static void clear() {
    for (const std::string_view name : secret_names()) {
      ::unsetenv(std::string(name).c_str());
      ::unsetenv((std::string(name) + "_FILE").c_str());
    }
    ::unsetenv("CREDENTIALS_DIRECTORY");
  }

  std::string file(const std::string& name, std::string_view text, unsigned mode) {
    const fs::path path = folder_ / name;
    EXPECT_TRUE(write_file_atomic(path, text, mode));
    return path.string();
  }

  fs::path folder_;
};

TEST_F(TakeSecrets, RemovesWhatItReadFromTheEnvironment) {
  ::setenv("UPBIT_SECRET_KEY", "from-the-environment", 1);
  const char* bytes = std::getenv("UPBIT_SECRET_KEY");
  const Secrets secrets = take_secrets();
  EXPECT_EQ(secrets.find("UPBIT_SECRET_KEY")->reveal(), "from-the-environment");
  EXPECT_EQ(std::getenv("UPBIT_SECRET_KEY"), nullptr);
  EXPECT_EQ(bytes[0], '\0') << "the bytes stay in /proc/<pid>/environ";
  EXPECT_EQ(redact("x from-the-environment y"), "x *** y");
}

TEST_F(TakeSecrets, SystemdCredentialsWinAndTheVariableGoesAllTheSame) {
  file("DATABASE_URL", "postgresql://credential\n", 0440);
  ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  ::setenv("DATABASE_URL", "postgresql://environment", 1);
  const Secrets secrets = take_secrets();
  EXPECT_EQ(secrets.find("DATABASE_URL")->reveal(), "postgresql://credential");
  EXPECT_EQ(std::getenv("DATABASE_URL"), nullptr);
}

TEST_F(TakeSecrets, AFileReadableByOthersIsRefused) {
  ::setenv("UPBIT_ACCESS_KEY_FILE", file("loose", "loose-secret", 0644).c_str(), 1);
  ::setenv("UPBIT_SECRET_KEY_FILE", file("tight", "tight-secret\r\n", 0600).c_str(), 1);
  ::setenv("REDIS_URL_FILE", (folder_ / "absent").c_str(), 1);
  const Secrets secrets = take_secrets();
  EXPECT_EQ(secrets.find("UPBIT_ACCESS_KEY"), nullptr);
  EXPECT_EQ(secrets.find("UPBIT_SECRET_KEY")->reveal(), "tight-secret");
  ASSERT_EQ(secrets.problems.size(), 2U);
  EXPECT_EQ(secrets.problems[0].field, "REDIS_URL");
  EXPECT_EQ(secrets.problems[1].field, "UPBIT_ACCESS_KEY");
  EXPECT_EQ(to_string(secrets.problems[1]).find("loose-secret"), std::string::npos);
}

TEST_F(TakeSecrets, AnEmptyVariableIsNoSecret) {
  ::setenv("REDIS_URL", "", 1);
  EXPECT_EQ(take_secrets().find("REDIS_URL"), nullptr);
}

}  // namespace
}  // namespace everbit::config
