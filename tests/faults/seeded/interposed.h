#pragma once

#include <chrono>
#include <functional>

namespace everbit::faults {

// What becomes of a COMMIT.
enum class CommitFate { kGoes, kDropped, kAnswerLost };

// The program's own PQexec and nanosleep stand before those of the libraries. Each asks its hook on
// the thread that calls, and does as ever without one. kDropped: the connection is cut before the
// COMMIT leaves; kAnswerLost: after the server has done it, before it could say so. A sleep for
// which the hook answers true has been slept. Set both while no other thread runs.
void set_commit_hook(std::function<CommitFate()> hook);
void set_sleep_hook(std::function<bool(std::chrono::milliseconds)> hook);

}  // namespace everbit::faults
