#pragma once

#include <functional>

#ifndef EVERBIT_CRASH_POINTS
#error "link everbit_crash_points"
#endif

namespace everbit {

// The places between a signal and a booked fill where a process may die. In the order in which one
// trade passes them. Names, for EVERBIT_CRASH_AT and for tests/faults, in crash_point.cpp.
enum class CrashPoint {
  // The close loop: the candle's transaction.
  kCandleDecided,    // the strategy decided; nothing is stored
  kStateAdvanced,    // inside: strategy_state moved on
  kSignalInserted,   // inside: the signal
  kIntentInserted,   // inside: the intent
  kAttemptInserted,  // inside: attempt no. 1, without its command
  kCandleCommit,     // inside: all of it, the COMMIT comes next
  kCandleCommitted,  // stored; nobody was woken
  // The executor: from PREPARED to SENT.
  kCommandReceived,  // the bus handed the command over
  kAttemptLoaded,    // read without a lock
  kTokenTaken,       // a rate-limit token is spent
  kSentMarked,       // inside: the conditional update was ours
  kSentCommitted,    // SENT is durable; nothing is connected
  // The one send, on an I/O thread.
  kConnected,       // a connection stands
  kSigned,          // the request is signed
  kLedgerMarked,    // the mark is in send.ledger, no byte was written
  kRequestWritten,  // the kernel has the request; no answer yet
  kAnswerRead,      // the whole answer was read
  // The executor: the second transaction.
  kOutcomeKnown,      // the answer is in memory only
  kRetryPrepared,     // inside: attempt no. n+1, without its command
  kOrderAccepted,     // inside: the order and ACKED, without OrderAccepted
  kOutcomeCommit,     // inside: all of it, the COMMIT comes next
  kOutcomeCommitted,  // stored; the command is not settled
  kEventSettled,      // the bus knows that an event is done, the command here
  // The private feed.
  kFeedOpened,       // subscribed; nothing was read by REST
  kMessageTaken,     // a message of the feed is in hand
  kFillInserted,     // inside: the fill, without its position
  kPositionChanged,  // inside: position and trade
  kOrderClosed,      // inside: the order's end and the intent's
  kFillsCommit,      // inside: all of it, the COMMIT comes next
  kFillsCommitted,   // stored; nobody was woken
  // Settlement: what an executor left open.
  kLookupAnswered,    // the exchange said what became of attempts; nothing is stored
  kSettlementCommit,  // inside: an attempt's end, its suspension, or a look-up that found nothing
  kSettlementCommitted,  // stored; nobody was woken
  // Reconcile.
  kReconcileBegun,   // its row says that it runs
  kAccountRead,      // the balances are in memory only
  kReconcileFinish,  // all was read and booked; its row does not say so
};

#if EVERBIT_CRASH_POINTS

// Dies, stops or waits here if it was told to, else does nothing. What to do comes from the
// environment: EVERBIT_CRASH_AT=<name>[:<n>][=<action>], the n-th passage (1), and kill (SIGKILL,
// the default), stop (SIGSTOP, to be continued by whoever watches) or delay-<milliseconds>; several
// with commas. A value that begins with a slash names a file that holds such a text. It is looked
// at at each passage, so that a process that runs can be told; passages count from then on. A text
// that does not parse ends the process: a test that tests nothing is worse. Any thread.
void crash_point(CrashPoint where);

// In place of the environment: `hook` is called at each passage and may throw. Empty: no hook. Not
// while other threads pass points.
void set_crash_hook(std::function<void(CrashPoint)> hook);

#else

constexpr void crash_point(CrashPoint) {}

#endif

}  // namespace everbit
