#pragma once

#include <functional>
#include <string>

namespace everbit::jobs {

// Reads a child's progress as it comes, a share of one a line: "0.42\n0.43\n". What is no share, or
// none above the last one, is dropped. One thread.
class ProgressLines {
 public:
  // All that can be read now of a descriptor that does not block. True if something new was said.
  bool read(int fd, const std::function<void(double)>& told);

 private:
  bool take(char c, const std::function<void(double)>& told);

  std::string line_;
  double last_ = -1;
};

}  // namespace everbit::jobs
