#pragma once

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

}  // namespace everbit::test
