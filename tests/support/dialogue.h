#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace everbit::test {

// A program that a test talks with, a line at a time. At the end its input is closed and its end is
// waited for; what does not end then is killed. It dies with the test.
class Dialogue {
 public:
  // Found as given, without PATH.
  explicit Dialogue(const std::vector<std::string>& command);
  ~Dialogue();
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  // Throws std::runtime_error when the program reads no more.
  void say(const std::string& line);
  // The next line; empty when the program ended or said nothing for a minute.
  std::string hear();
  void send(int signal) const;

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
};

}  // namespace everbit::test
