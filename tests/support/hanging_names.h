#pragma once

#include <string>
#include <vector>

namespace everbit::test {

// While one lives, looking up a name that begins with "hang" does not end; every other lookup is
// the machine's. For test programs that have hanging_names.cpp among their sources: its getaddrinfo
// stands before the C library's.
class HangingNames {
 public:
  HangingNames();
  // Lets go of those that hang; they find nothing.
  ~HangingNames();
  HangingNames(const HangingNames&) = delete;
  HangingNames& operator=(const HangingNames&) = delete;

  // How many hang now.
  static int hanging();
};

// While one lives, a name has these addresses, in this order; for the same programs. `once`: a
// later lookup finds `then` instead, as a name does whose owner changed his mind in between.
class ForgedName {
 public:
  ForgedName(std::string name, std::vector<std::string> addresses);
  ForgedName(std::string name, std::vector<std::string> once, std::vector<std::string> then);
  ~ForgedName();
  ForgedName(const ForgedName&) = delete;
  ForgedName& operator=(const ForgedName&) = delete;

  // How often it was looked up.
  int lookups() const;

 private:
  const std::string name_;
};

}  // namespace everbit::test
