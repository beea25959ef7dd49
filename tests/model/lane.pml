/* One lane of a trade stream: events of two markets, two processes that hold the lane by turns, and
 * handlers that outlive their lease. README.md says which step is which code.
 *
 * A step in atomic braces is one transaction, or one look at the database. A lease may run out at any
 * moment; a handler may stand still for as long as it likes.
 *
 * Each #ifdef is a mistake; without any of them every assertion holds.
 */

#define EVENTS 3 /* 0 and 2 are of one market, 1 of another */
#define WORKERS 2
#ifndef EPOCHS
#define EPOCHS 3 /* how often the lane changes hands */
#endif

/* outbox_queue, and outbox_lane */
#define NOT_COMMITTED 0
#define PENDING 1
#define SETTLED 2
byte row[EVENTS];
byte effects[EVENTS]; /* what handlers wrote, in the transaction of their verdict */
byte epoch;
byte owner;          /* 1 + worker */
byte open_verdicts;  /* transactions that have passed the fence and hold the lane FOR KEY SHARE */

/* in the memory of a worker */
byte held[WORKERS]; /* the epoch it believes in, 0: none */
byte seen[WORKERS]; /* scanned up to here */
byte life[WORKERS]; /* a crash begins another */
bit in_flight[6];   /* worker * EVENTS + event */

hidden byte handled_twice;
hidden byte out_of_order;
hidden byte event_lost;

#define is_oldest(e) (e != 2 || row[0] == SETTLED)

#ifdef SETTLE_WITHOUT_THE_FENCE
#define passes_the_fence(w, its_epoch) true
#elif defined(FENCE_BY_NAME)
#define passes_the_fence(w, its_epoch) (owner == w + 1)
#else
#define passes_the_fence(w, its_epoch) (epoch == its_epoch)
#endif

#ifdef CLAIM_BESIDE_AN_OPEN_VERDICT
#define may_change_hands true
#else
#define may_change_hands (open_verdicts == 0)
#endif

#ifdef CURSOR_INSTEAD_OF_RESCAN
#define scans(w, e) (seen[w] <= e)
#else
#define scans(w, e) true
#endif

#define flies(w, e) in_flight[w * EVENTS + e]
#ifdef WHOLE_LANE_AT_ONCE
#define is_next(w, e) (!flies(w, e))
#else /* one in flight a market, and the market's oldest */
#define is_next(w, e) \
  ((e == 1 && !flies(w, 1)) || (e != 1 && !flies(w, 0) && !flies(w, 2)) && is_oldest(e))
#endif
#define dispatches(w, e) (held[w] > 0 && row[e] == PENDING && scans(w, e) && is_next(w, e))

inline forget(w) {
  seen[w] = 0;
  flies(w, 0) = 0;
  flies(w, 1) = 0;
  flies(w, 2) = 0
}

inline take(w) {
  held[w] = epoch;
  forget(w)
}

proctype Handler(byte w) {
  byte e, its_epoch, its_life;
end:
  do
  :: atomic {
       if
       :: dispatches(w, 0) -> e = 0
       :: dispatches(w, 1) -> e = 1
       :: dispatches(w, 2) -> e = 2
       fi;
       its_epoch = held[w];
       its_life = life[w];
       flies(w, e) = 1;
       if
       :: seen[w] <= e -> seen[w] = e + 1
       :: else
       fi
#ifdef DONE_BEFORE_HANDLED
       ; row[e] = SETTLED
#endif
     };
     /* here it works, or stands still */
     if
     :: atomic { life[w] == its_life && passes_the_fence(w, its_epoch) -> open_verdicts++ };
        if
        :: atomic { life[w] == its_life ->
             effects[e]++;
             handled_twice = effects[e] > 1;
             assert(!handled_twice);
             out_of_order = e == 2 && effects[0] == 0;
             assert(!out_of_order);
             row[e] = SETTLED;
             open_verdicts-- }
        :: atomic { life[w] != its_life -> open_verdicts-- } /* rolled back */
        fi
     :: atomic { life[w] == its_life && !passes_the_fence(w, its_epoch) } /* LOST_LEASE: 0 rows */
     :: atomic { life[w] == its_life && its_epoch == held[w] }            /* RETRY: it stays */
     :: atomic { life[w] != its_life }
     fi;
     atomic {
       if
       :: life[w] == its_life && its_epoch == held[w] -> flies(w, e) = 0
       :: else
       fi;
       e = 0; its_epoch = 0; its_life = 0 }
  od
}

proctype Worker(byte w) {
end:
  do
  /* the lease of the other one ran out, or its session is gone */
  :: atomic { may_change_hands && owner != w + 1 && epoch < EPOCHS ->
       epoch++;
       owner = w + 1;
       take(w) }
  /* it renews, sees that the lane is gone, and stops */
  :: atomic { held[w] > 0 && held[w] != epoch -> held[w] = 0; forget(w) }
  :: atomic { life[w] == 0 && w == 0 -> life[w] = 1; held[w] = 0; forget(w); /* kill -9 */
       if
       :: owner == w + 1 -> owner = 0
       :: else
       fi }
  od
}

/* The market's row lock makes the ids of one market commit in their order; those of two markets do not. */
proctype Publisher(byte market) {
  if
  :: market == 0 ->
     row[0] = PENDING;
     row[2] = PENDING
  :: else -> row[1] = PENDING
  fi
}

active proctype Quiet() {
  timeout ->
  event_lost = owner > 0 && held[(owner + 1) % 2] == epoch &&
      (effects[0] == 0 || effects[1] == 0 || effects[2] == 0);
  assert(!event_lost)
}

init {
  atomic {
    run Worker(0); run Worker(1);
    run Handler(0); run Handler(0); run Handler(1); run Handler(1);
    run Publisher(0); run Publisher(1)
  }
}
