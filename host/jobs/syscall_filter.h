#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

namespace everbit::jobs {

// The system calls of a back-test, and no others: files, memory, time, threads, and a process that
// it starts itself. Whatever else there is, now or in a later kernel, fails with EPERM: sockets,
// other processes' signals, limits, priorities and memory, sessions, name spaces, another
// architecture's numbers. Kept across exec and by the process's own children. A value.
class SyscallFilter {
 public:
  SyscallFilter();

  // In the process that is to be bound, alone; it may then signal itself and no other. Neither
  // allocates nor locks. Needs PR_SET_NO_NEW_PRIVS.
  bool bind(pid_t self);

 private:
  std::vector<sock_filter> program_;
  std::size_t own_pid_ = 0;  // the statement that holds it
};

}  // namespace everbit::jobs
