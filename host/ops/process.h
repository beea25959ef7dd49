#pragma once

namespace everbit::ops {

// First thing in main: no core dumps and no ptrace by the same user, so that another process cannot
// read the secrets in memory; broken pipes are errors, not deaths. Throws std::system_error.
void harden_process();

}  // namespace everbit::ops
