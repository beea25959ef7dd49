#include "jobs/syscall_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace everbit::jobs {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the system calls of this architecture are not listed"
#endif

constexpr std::array kAllowed{SYS_read,
                              SYS_write,
                              SYS_readv,
                              SYS_writev,
                              SYS_pread64,
                              SYS_pwrite64,
                              SYS_lseek,
                              SYS_close,
                              SYS_close_range,
                              SYS_openat,
                              SYS_newfstatat,
                              SYS_fstat,
                              SYS_statx,
                              SYS_statfs,
                              SYS_fstatfs,
                              SYS_getdents64,
                              SYS_readlinkat,
                              SYS_faccessat,
                              SYS_faccessat2,
                              SYS_renameat,
                              SYS_renameat2,
                              SYS_unlinkat,
                              SYS_mkdirat,
                              SYS_fsync,
                              SYS_fdatasync,
                              SYS_ftruncate,
                              SYS_fallocate,
                              SYS_fadvise64,
                              SYS_fchmod,
                              SYS_umask,
                              SYS_getcwd,
                              SYS_dup,
                              SYS_dup3,
                              SYS_pipe2,
                              SYS_ppoll,
                              SYS_pselect6,  // Memory and threads.
                              SYS_mmap,
                              SYS_munmap,
                              SYS_mprotect,
                              SYS_mremap,
                              SYS_madvise,
                              SYS_brk,
                              SYS_membarrier,
                              SYS_futex,
                              SYS_set_robust_list,
                              SYS_get_robust_list,
                              SYS_set_tid_address,
                              SYS_rseq,
                              SYS_sched_yield,
                              SYS_sched_getaffinity,
                              SYS_getcpu,
                              SYS_rt_sigaction,
                              SYS_rt_sigprocmask,
                              SYS_rt_sigreturn,
                              SYS_sigaltstack,
                              SYS_restart_syscall,  // What it may ask.
                              SYS_getpid,
                              SYS_getppid,
                              SYS_gettid,
                              SYS_getuid,
                              SYS_geteuid,
                              SYS_getgid,
                              SYS_getegid,
                              SYS_getpgid,
                              SYS_uname,
                              SYS_sysinfo,
                              SYS_getrusage,
                              SYS_times,
                              SYS_getrandom,
                              SYS_clock_gettime,
                              SYS_clock_getres,
                              SYS_gettimeofday,
                              SYS_clock_nanosleep,
                              SYS_nanosleep,  // The probe that loads the strategy first.
                              SYS_execve,
                              SYS_wait4,
                              SYS_waitid,
                              SYS_exit,
                              SYS_exit_group};
// What later architectures have left out.
#if defined(__x86_64__)
constexpr std::array kOlder{SYS_open,       SYS_stat,   SYS_lstat,     SYS_access,
                            SYS_readlink,   SYS_rename, SYS_unlink,    SYS_mkdir,
                            SYS_dup2,       SYS_pipe,   SYS_poll,      SYS_select,
                            SYS_arch_prctl, SYS_time,   SYS_getrlimit, SYS_vfork};
#else
constexpr std::array<int, 0> kOlder{};
#endif

// Allowed with this argument only.
struct Narrow {
  std::uint32_t call;
  std::size_t argument;
  std::uint16_t test;  // BPF_JEQ: equal; BPF_JSET: allowed if no bit of `value` is set
  std::uint32_t value;
};

constexpr std::uint32_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                      CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// Not F_SETOWN and F_SETSIG: a signal to whom it likes. Not the limits of another process.
constexpr std::array kNarrow{
    Narrow{SYS_fcntl, 1, BPF_JEQ, F_DUPFD}, Narrow{SYS_fcntl, 1, BPF_JEQ, F_DUPFD_CLOEXEC},
    Narrow{SYS_fcntl, 1, BPF_JEQ, F_GETFD}, Narrow{SYS_fcntl, 1, BPF_JEQ, F_SETFD},
    Narrow{SYS_fcntl, 1, BPF_JEQ, F_GETFL}, Narrow{SYS_fcntl, 1, BPF_JEQ, F_SETFL},
    Narrow{SYS_prlimit64, 0, BPF_JEQ, 0},   Narrow{SYS_clone, 0, BPF_JSET, kNamespaces},
    Narrow{SYS_tgkill, 0, BPF_JEQ, 0}};

sock_filter statement(std::uint16_t code, std::uint32_t value) { return {code, 0, 0, value}; }

sock_filter load(std::size_t offset) {
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

sock_filter skip_unless_equal(std::uint32_t value, std::uint8_t over) {
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, over, value};
}

std::size_t argument_at(std::size_t number) {
  return offsetof(seccomp_data, args) + number * sizeof(std::uint64_t);
}

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;

}  // namespace

SyscallFilter::SyscallFilter() {
  program_ = {load(offsetof(seccomp_data, arch)),
              {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture},
              statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
              load(offsetof(seccomp_data, nr))};
  const auto allow = [&](auto call) {
    program_.push_back(skip_unless_equal(static_cast<std::uint32_t>(call), 1));
    program_.push_back(statement(BPF_RET | BPF_K, kAllow));
  };
  for (const auto call : kAllowed) allow(call);
  for (const auto call : kOlder) allow(call);
  // Its flags lie in memory, where no filter can read them: the C library then takes clone().
  program_.push_back(skip_unless_equal(SYS_clone3, 1));
  program_.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
  for (const Narrow& narrow : kNarrow) {
    const bool equal = narrow.test == BPF_JEQ;
    if (narrow.call == SYS_tgkill) own_pid_ = program_.size() + 2;
    program_.push_back(skip_unless_equal(narrow.call, 4));
    program_.push_back(load(argument_at(narrow.argument)));
    program_.push_back({static_cast<std::uint16_t>(BPF_JMP | narrow.test | BPF_K),
                        static_cast<std::uint8_t>(equal ? 0 : 1),
                        static_cast<std::uint8_t>(equal ? 1 : 0), narrow.value});
    program_.push_back(statement(BPF_RET | BPF_K, kAllow));
    program_.push_back(load(offsetof(seccomp_data, nr)));
  }
  program_.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

bool SyscallFilter::bind(pid_t self) {
  program_[own_pid_].k = static_cast<std::uint32_t>(self);
  const sock_fprog program{static_cast<unsigned short>(program_.size()), program_.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace everbit::jobs
