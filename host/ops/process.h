#pragma once

namespace everbit::ops {

// First thing in main: no core dumps and no ptrace by the same user, so that another process cannot
// read the secrets in memory; broken pipes are errors, not deaths. Throws std::system_error.
void harden_process();

// Before the first thread: all threads share one heap, large blocks are mappings of their own, and
// free memory at the heap's end goes back (docs/decisions/0022).
void bound_heap();

// Gives the pages of the heap's holes back to the system. Any thread; the others' allocations wait
// for it, a millisecond at the most.
void trim_heap();

}  // namespace everbit::ops
