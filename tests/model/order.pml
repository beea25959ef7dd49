/* One market of the order pipeline: intents, attempts, commands, the trader that may be replaced, the
 * send ledger, the wire and Upbit. README.md says which step is which code and what is left out.
 *
 * A step in atomic braces is one transaction (the market's row lock makes them serial), one call of
 * the HTTP service, or one thing that Upbit or the owner does. Nothing here knows time: whatever
 * may happen late may happen at any moment. Processes that stand still are simply not scheduled.
 *
 * Each #ifdef is a mistake; without any of them every assertion holds.
 */

#ifndef ATTEMPTS
#define ATTEMPTS 2 /* over all intents */
#endif
#define LAST (ATTEMPTS - 1)
#define INTENTS 2
#ifndef TRADERS
#define TRADERS 2 /* processes that become the trader one after another; the last lives on */
#endif

/* order_attempt.status */
#define NONE 0
#define PREPARED 1
#define SENT 2
#define UNKNOWN 3
#define ACKED 4
#define REJECTED 5
#define THROTTLED 6
#define SUSPENDED 7

/* order_intent.status, beside NONE */
#define CREATED 1
#define CANCELED 2
#define COMPLETED 3

/* what a call ended with, beside NONE */
#define ANSWER_2XX 1
#define ANSWER_4XX 2
#define ANSWER_429 3
#define ANSWER_DUPLICATED 4
#define NO_ANSWER 5
#define NOT_SENT 6
#define GATE_CLOSED 7

/* a process */
#define RUNNING 1
#define DEAD 2

/* ---- the database ---- */
byte status[ATTEMPTS];
byte intent_of[ATTEMPTS];
byte token[ATTEMPTS]; /* sent_token: the process that moved it to SENT */
bit absent[ATTEMPTS]; /* REJECTED by absence */
bit command[ATTEMPTS]; /* its CreateOrderAttempt is in outbox_queue */
byte attempts;
byte intent[INTENTS];
byte intents;
byte trader_instance;
byte lane_owner; /* the epoch: a later process has a later one */
byte undecided;  /* 1 + attempt whose COMMIT hangs in the server, holding the market's lock */
byte undecided_by;

/* ---- processes, machines ---- */
byte process[TRADERS + 1];
bit elsewhere[TRADERS + 1]; /* runs on a second machine, with a send.ledger of its own */
bit old_boot[TRADERS + 1];
byte trader_lock; /* the session that holds the advisory lock; it may break without the process */
byte started;
bit mark[ATTEMPTS]; /* in send.ledger */

/* ---- the wire and Upbit ---- */
byte on_the_wire[ATTEMPTS];
byte answer[ATTEMPTS];
byte waits[ATTEMPTS]; /* the process that waits for the answer */
byte orders[ATTEMPTS]; /* ever accepted with this attempt's identifier */
bit closed[ATTEMPTS];

/* ---- what must never be ---- */
byte sends[ATTEMPTS];
bit quarantined[ATTEMPTS];
bit written_by_a_replaced_trader;
hidden byte two_live_orders_for_one_intent;
hidden byte two_open_intents_in_one_market;
hidden byte two_live_orders_in_one_market;
hidden byte attempt_sent_twice;
hidden byte settled_although_an_order_lives;
hidden byte absent_without_quarantine;
hidden byte attempt_under_a_closed_intent;
hidden byte command_lost;
hidden byte order_after_the_quarantine;
hidden byte left_unresolved;
hidden byte k, l;

#define runs(i) (process[i] == RUNNING)
#define somebody_runs (runs(1) || runs(2) || runs(TRADERS))
#define lives(a) (orders[a] > 0 && !closed[a])
#define may_still_become_an_order(a) (orders[a] > 0 || on_the_wire[a] > 0)
#ifdef LEDGER_WITHOUT_FLOCK
#define flock_is_free(machine) true
#else
#define flock_is_free(machine) \
  (!(runs(1) && elsewhere[1] == machine) && !(runs(2) && elsewhere[2] == machine))
#endif
#ifdef SUPERSEDES_WHAT_WAS_SENT
#define superseded(s) (s == PREPARED || s == SENT)
#else
#define superseded(s) (s == PREPARED)
#endif
#ifdef IN_TIME /* what is sent is sent before the quarantine ends, and the wire forgets by then */
#ifdef SEND_BY_COUNTED_FROM_THE_ANSWER
#define is_late(a) false
#else
#define is_late(a) (quarantined[a])
#endif
#define is_over(a) (on_the_wire[a] == 0 && orders[a] == 0)
#else
#define is_late(a) false
#define is_over(a) true
#endif
#define settled_as_no_order(a) \
  (status[a] == THROTTLED || status[a] == SUSPENDED || (status[a] == REJECTED && !absent[a]))

/* Why the four hold; a mistake breaks one of these first. */
#ifdef ONLY_WHAT_COUNTS
#define asserts(expression) skip
#else
#define asserts(expression) assert(expression)
#endif

inline check() {
  d_step {
  k = 0;
  do
  :: k < attempts ->
     attempt_sent_twice = sends[k] > 1;
     assert(!attempt_sent_twice);
     settled_although_an_order_lives = settled_as_no_order(k) && may_still_become_an_order(k);
     asserts(!settled_although_an_order_lives);
     absent_without_quarantine = absent[k] && !quarantined[k] && may_still_become_an_order(k);
     asserts(!absent_without_quarantine);
#ifdef IN_TIME
     order_after_the_quarantine = absent[k] && may_still_become_an_order(k);
     asserts(!order_after_the_quarantine);
#endif
     attempt_under_a_closed_intent = status[k] == PREPARED && intent[intent_of[k]] != CREATED;
     asserts(!attempt_under_a_closed_intent);
     command_lost = status[k] == PREPARED && !command[k];
     asserts(!command_lost);
     two_live_orders_for_one_intent = orders[k] > 1;
     l = k + 1;
     do
     :: l < attempts ->
        two_live_orders_for_one_intent = two_live_orders_for_one_intent ||
            (orders[k] > 0 && orders[l] > 0 && intent_of[k] == intent_of[l]);
        assert(!two_live_orders_for_one_intent);
        two_live_orders_in_one_market =
            lives(k) && lives(l) && !quarantined[k] && !quarantined[l];
        assert(!two_live_orders_in_one_market);
        l++
     :: else -> break
     od;
     assert(!two_live_orders_for_one_intent);
     k++
  :: else -> break
  od;
  k = 0;
  l = 0;
  do
  :: k < INTENTS -> l = l + (intent[k] == CREATED); k++
  :: else -> break
  od;
  two_open_intents_in_one_market = l > 1;
  assert(!two_open_intents_in_one_market);
  k = 0;
  l = 0
  }
}

/* ---- parts of transactions ---- */

inline new_attempt(its_intent) {
  status[attempts] = PREPARED;
  intent_of[attempts] = its_intent;
#ifndef OUTBOX_ROW_AFTER_COMMIT
  command[attempts] = 1;
#endif
  attempts++
}

inline new_intent() {
  intent[intents] = CREATED;
  new_attempt(intents);
  intents++
}

inline cancel_intent_of(a) {
  if
  :: intent[intent_of[a]] == CREATED -> intent[intent_of[a]] = CANCELED
  :: else
  fi
}

/* a new attempt under the same intent, as long as there is room for one */
inline go_on(a) {
  if
  :: attempts < ATTEMPTS -> new_attempt(intent_of[a])
  :: else -> cancel_intent_of(a)
  fi
}

inline acknowledge(a) {
  status[a] = ACKED;
  absent[a] = 0
}

inline write_outcome(a, outcome) {
  if
  :: outcome == ANSWER_2XX &&
     (status[a] == SENT || status[a] == UNKNOWN || (status[a] == REJECTED && absent[a])) ->
     acknowledge(a)
#ifdef COMPLETE_WITHOUT_THE_FENCE
  :: outcome != ANSWER_2XX && status[a] != ACKED ->
#else
  :: outcome != ANSWER_2XX && status[a] == UNKNOWN -> /* late: it counts, nothing is sent anew */
     if
     :: outcome == NO_ANSWER || outcome == ANSWER_DUPLICATED
     :: else -> status[a] = REJECTED; cancel_intent_of(a)
     fi
  :: outcome != ANSWER_2XX && status[a] == SENT ->
#endif
     if
     :: outcome == NO_ANSWER ->
#ifdef RETRY_ON_TIMEOUT
        status[a] = REJECTED; go_on(a)
#else
        status[a] = UNKNOWN
#endif
     :: outcome == ANSWER_DUPLICATED ->
#ifdef DUPLICATED_IDENTIFIER_AS_REJECTED
        status[a] = REJECTED; cancel_intent_of(a)
#else
        status[a] = UNKNOWN
#endif
     :: outcome == ANSWER_4XX -> status[a] = REJECTED; cancel_intent_of(a)
     :: outcome == ANSWER_429 -> status[a] = THROTTLED; go_on(a)
     :: outcome == NOT_SENT -> status[a] = REJECTED; go_on(a)
     :: outcome == GATE_CLOSED -> status[a] = SUSPENDED; cancel_intent_of(a)
     fi
  :: else
  fi;
  check()
}

/* ---- the trader's executor ---- */

proctype Executor(byte i) {
  byte a, outcome;

  /* The session takes the trader lock. On the machine of another process that still runs it would not
   * get the flock of send.ledger, and end. */
  if
  :: atomic { trader_lock == 0 && started + 1 == i ->
       started = i;
       trader_lock = i;
       if
       :: flock_is_free(0)
       :: i > 1 && flock_is_free(1) -> elsewhere[i] = 1
       fi;
       process[i] = RUNNING }
  fi;
  atomic { runs(i) ->
    if
    :: trader_lock == i -> trader_instance = i; lane_owner = i
    :: else -> process[i] = DEAD; goto end_dead
    fi };

end_idle:
  /* A plain SELECT: a process that lost its lanes may still do it, or have done it long ago. */
  atomic { runs(i) ->
    if
    :: command[0] -> a = 0
    :: command[1] -> a = 1
    :: command[LAST] -> a = LAST
    fi;
    outcome = NONE;
#ifdef DONE_BEFORE_HANDLED
    command[a] = 0; check()
#endif
  };

  /* PREPARED -> SENT */
  atomic { runs(i) && undecided == 0 ->
    if
#ifndef NO_TRADER_FENCE
    :: trader_instance != i -> process[i] = DEAD; goto end_dead
#endif
#ifdef NO_TRADER_FENCE
    :: status[a] == PREPARED ->
#elif defined(CLAIM_BY_ID_ALONE)
    :: trader_instance == i && status[a] <= SENT ->
#else
    :: trader_instance == i && status[a] == PREPARED ->
#endif
       if
       :: status[a] = SENT; token[a] = i;
          written_by_a_replaced_trader = trader_instance != i;
          asserts(!written_by_a_replaced_trader);
          check();
          if
          :: goto send
          :: goto decide /* applied, but the answer was lost */
          fi
       :: goto decide    /* never applied, and the answer was lost */
       :: undecided = a + 1; undecided_by = i; goto decide
       fi
    :: else -> goto settle
    fi };

decide:
  /* Reads the row without a lock. */
  atomic { runs(i) ->
    if
#ifdef UNDECIDED_COMMIT_TAKEN_FOR_DONE
    :: goto send
#else
    :: token[a] == i -> goto send
    :: goto end_idle
#endif
    fi };

send:
  atomic { runs(i) ->
    if
    :: outcome = NOT_SENT; goto record
    :: outcome = GATE_CLOSED; goto record
#ifdef FIRST_BYTE_BEFORE_MARK
    :: on_the_wire[a]++; waits[a] = i; sends[a]++; check()
#else
    :: mark[a] = 1
#endif
    fi };
  /* Here a process may stand still for as long as it likes. */
#ifdef FIRST_BYTE_BEFORE_MARK
  atomic { runs(i) -> mark[a] = 1 };
#else
  if
  :: atomic { runs(i) && !is_late(a) -> on_the_wire[a]++; waits[a] = i; sends[a]++; check() }
  :: atomic { runs(i) && is_late(a) -> outcome = NOT_SENT; goto record }
  fi;
#endif
  if
  :: atomic { runs(i) && answer[a] != NONE ->
       outcome = answer[a]; answer[a] = NONE; waits[a] = NONE }
  :: atomic { runs(i) -> outcome = NO_ANSWER; answer[a] = NONE; waits[a] = NONE }
  fi;

record:
  atomic { runs(i) && undecided == 0 ->
    write_outcome(a, outcome);
    if
    :: true
    :: goto record /* its COMMIT had no answer either: the same again */
    fi };

settle:
  atomic { runs(i) ->
    if
    :: lane_owner == i -> command[a] = 0; check()
    :: else /* deletes no row */
    fi;
    a = 0; outcome = NONE;
    goto end_idle };

end_dead:
  false
}

/* ---- a COMMIT that hangs in the server ends there, one way or the other ---- */

active proctype Server() {
end:
  do
  :: atomic { undecided > 0 ->
       if
       :: status[undecided - 1] = SENT; token[undecided - 1] = undecided_by
       :: true
       fi;
       undecided = 0; undecided_by = 0;
       check() }
  od
}

/* ---- what the running trader does beside: signals, lookups, private feed, reconcile ---- */

active proctype Signals() {
end:
  do
  /* a signal becomes an intent: UNIQUE(owner, market, mode) WHERE status = 'CREATED' */
  :: atomic { runs(trader_instance) && undecided == 0 && intents < INTENTS && attempts < ATTEMPTS &&
              intent[0] != CREATED && intent[1] != CREATED -> new_intent(); check() }
#ifdef OUTBOX_ROW_AFTER_COMMIT
  :: atomic { runs(trader_instance) && attempts > 0 && status[attempts - 1] == PREPARED &&
              !command[attempts - 1] -> command[attempts - 1] = 1 }
#endif
  od
}

#ifdef LEDGER_WITHOUT_FLOCK
#define gone(i) (trader_lock != i)
#else
#define gone(i) (process[i] == DEAD)
#endif
#ifdef LEDGER_OF_ANOTHER_BOOT
#define same_boot(i) true
#else
#define same_boot(i) (!old_boot[i])
#endif

#ifdef SENT_OF_THE_DEAD_IGNORED
#define looked_after(a) (runs(token[a]))
#else
#define looked_after(a) true
#endif

proctype Reconcile(byte a) {
end:
  do
  /* its executor is too late, or its process is gone */
  :: atomic { somebody_runs && undecided == 0 && status[a] == SENT && looked_after(a) ->
       status[a] = UNKNOWN; check() }
  /* the ledger proves that no byte left, if no process is left that could still send one */
  :: atomic { runs(started) && undecided == 0 && status[a] == SENT && looked_after(a) && !mark[a] &&
              started != token[a] && elsewhere[started] == elsewhere[token[a]] && gone(token[a]) &&
              same_boot(token[a]) ->
       status[a] = REJECTED; go_on(a); check() }
  /* an order shows up: lookup by identifier, myOrder, the lists */
  :: atomic { somebody_runs && undecided == 0 && orders[a] > 0 &&
              (status[a] == SENT || status[a] == UNKNOWN || absent[a]) -> acknowledge(a); check() }
  /* its fills sum up: it is closed */
  :: atomic { somebody_runs && undecided == 0 && status[a] == ACKED && !closed[a] ->
       closed[a] = 1;
       if
       :: intent[intent_of[a]] == CREATED -> intent[intent_of[a]] = COMPLETED
       :: else
       fi;
       check() }
  /* 2 minutes and five answers 404 have passed, be there an order or not, and the owner says ABSENT */
  :: atomic { undecided == 0 && status[a] == UNKNOWN && is_over(a) ->
#ifndef ABSENT_BY_THE_FIRST_404
       quarantined[a] = 1;
#endif
       status[a] = REJECTED;
       absent[a] = 1;
#ifdef NEW_ATTEMPT_AFTER_ABSENCE
       go_on(a);
#else
       cancel_intent_of(a);
#endif
       check() }
  od
}

/* ---- the owner closes a position by hand ---- */

active proctype Owner() {
#ifdef OPEN_INTENT_ASKED_BEFORE_THE_LOCK
  atomic { intents < INTENTS && intent[0] != CREATED && intent[1] != CREATED };
  atomic { undecided == 0 && intents < INTENTS && attempts < ATTEMPTS -> new_intent(); check() }
#else
  /* EXIT_MANUAL may end an attempt that is PREPARED; while one is SENT or UNKNOWN it is refused */
  if
  :: atomic { undecided == 0 && intents == 1 && attempts < ATTEMPTS && intent[0] == CREATED &&
              superseded(status[attempts - 1]) ->
       status[attempts - 1] = SUSPENDED; intent[0] = CANCELED; new_intent(); check() }
  :: atomic { undecided == 0 && intents == 1 && attempts < ATTEMPTS && intent[0] != CREATED ->
       new_intent(); check() }
  fi;
#endif
end:
  false
}

/* ---- Upbit, and the way to it ---- */

proctype Upbit(byte a) {
end:
  do
  :: atomic { on_the_wire[a] > 0 ->
       on_the_wire[a]--;
       if
       :: orders[a] == 0 -> orders[a]++;
          if
          :: answer[a] = ANSWER_2XX
          :: answer[a] = ANSWER_DUPLICATED /* Upbit's own front end asked twice */
          :: true                          /* 5xx, half a body, silence */
          fi
       :: orders[a] > 0 -> answer[a] = ANSWER_DUPLICATED
       :: orders[a] == 0 -> answer[a] = ANSWER_4XX
       :: orders[a] == 0 -> answer[a] = ANSWER_429
       :: true /* lost */
       fi;
       if
       :: waits[a] == NONE -> answer[a] = NONE
       :: else
       fi;
       check() }
  od
}

/* ---- accidents ---- */

inline hangs_up(a, i) {
  if
  :: waits[a] == i -> waits[a] = NONE; answer[a] = NONE
  :: else
  fi
}

inline kill(i) {
  process[i] = DEAD;
  hangs_up(0, i);
  hangs_up(1, i);
  hangs_up(LAST, i);
  if
  :: trader_lock == i -> trader_lock = 0
  :: else
  fi
}

inline forget(a, machine) {
  if
  :: token[a] > 0 && elsewhere[token[a]] == machine -> mark[a] = 0
  :: else
  fi
}

inline crash_process_on(i, machine) {
  if
  :: process[i] != NONE && elsewhere[i] == machine ->
     old_boot[i] = 1;
     if
     :: runs(i) -> kill(i)
     :: else
     fi
  :: else
  fi
}

/* The last trader lives on. */
#define may_crash(machine) \
  (!(runs(TRADERS) && elsewhere[TRADERS] == machine) && \
   (runs(1) && elsewhere[1] == machine || TRADERS > 2 && runs(2) && elsewhere[2] == machine))

inline crash_machine(machine) {
  crash_process_on(1, machine);
#if TRADERS > 2
  crash_process_on(2, machine);
#endif
  forget(0, machine);
  forget(1, machine);
  forget(LAST, machine)
}

active proctype Accidents() {
end:
#ifndef CALM
  do
  :: atomic { trader_lock > 0 && trader_lock < TRADERS -> trader_lock = 0 } /* its session breaks */
  :: atomic { runs(1) -> kill(1) }
  :: atomic { may_crash(0) -> crash_machine(0) }
#if TRADERS > 2
  :: atomic { runs(2) -> kill(2) }
  :: atomic { may_crash(1) -> crash_machine(1) }
#endif
  od;
#endif
  false
}

/* When nothing more happens, everything is resolved. */
active proctype Quiet() {
  timeout ->
  do
  :: k < attempts ->
     left_unresolved = somebody_runs &&
         (status[k] == PREPARED || status[k] == SENT || status[k] == UNKNOWN ||
          (orders[k] > 0 && status[k] != ACKED));
     asserts(!left_unresolved);
     k++
  :: else -> break
  od
}

init {
  byte i = 1;
  atomic {
    do
    :: i <= TRADERS -> run Executor(i); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < ATTEMPTS -> run Reconcile(i); run Upbit(i); i++
    :: else -> break
    od;
    i = 0
  }
}
