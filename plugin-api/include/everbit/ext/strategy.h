/* eb.strategy/1, the plugin's side: what a strategy gives to the host.
 *
 * One instance serves one (strategy_key, market, timeframe, mode). It keeps indicators and watches, never orders: what
 * became of them it reads from the position view of each candle. It names what it wants; ranking, cash, slots, order
 * types and position truth are the host's.
 */
#ifndef EVERBIT_EXT_STRATEGY_H
#define EVERBIT_EXT_STRATEGY_H

#include "everbit/event.h"

#define EB_EXT_STRATEGY "eb.strategy/1"

/* The one ledger value (eb_decision_sink.values) whose name the host knows; every other is the strategy's own.
 * Seconds since 1970 until which the strategy looks for no entry in this market. The host shows the time, and refuses
 * entries of other instances until then too. */
#define EB_VALUE_COOLDOWN_UNTIL "cooldownUntil"

#define EB_ACTION_NONE 0
#define EB_ACTION_BUY 1
#define EB_ACTION_SELL 2

/* A buy that the strategy itself refuses: reasons hold the refusals; stored as a signal without an intent. */
#define EB_DECISION_REFUSED 1u
/* A sale of all that is held, dust included. */
#define EB_DECISION_ALL 2u
/* The plan and the levels are to be stored; without it the stored ones stay. */
#define EB_DECISION_PLAN 4u

#define EB_LEVEL_STOP 1u
#define EB_LEVEL_TARGET 2u
/* Of an entry, whose fill price nobody knows yet: stop_distance and target_distance count from it. */
#define EB_LEVEL_FROM_FILL 4u

/* Where resting orders would stand during the next candle (back-test fill model ohlc_path only). */
typedef struct eb_exit_levels {
  uint32_t size;
  uint32_t flags; /* EB_LEVEL_* */
  eb_dec stop;
  eb_dec target;
  eb_dec target_volume; /* sold at the target; 0: the host works it out by target_part */
  int32_t stop_intent;  /* EB_INTENT_* */
  int32_t target_intent;
  int32_t stop_reason; /* a reason number */
  int32_t target_reason;
  eb_dec stop_distance;   /* with FROM_FILL: the stop is so far below the average fill price */
  eb_dec target_distance; /* with FROM_FILL: so far above it, 0: none; of two targets the lower counts, if above it */
  eb_dec target_part;     /* share of what is held, cut to 8 decimals; the next two count at the candle's close */
  eb_dec target_most;     /* the part is cut to this worth, but not below target_least; 0: not cut */
  eb_dec target_least;    /* if part or rest is worth less, all is sold */
} eb_exit_levels;

/* What a signal candle gave. Everything is borrowed for the call of the sink. */
typedef struct eb_decision {
  uint32_t size;
  uint32_t flags;     /* EB_DECISION_* */
  int32_t action;     /* EB_ACTION_* */
  int32_t intent;     /* EB_INTENT_*; NONE unless action says otherwise */
  uint32_t n_reasons; /* at least one */
  uint32_t n_refused_reasons;
  const int32_t* reasons; /* numbers of the manifest's table, in order */
  /* what also holds if the buy is refused, by the host or by the strategy (the watch that then goes on, say) */
  const int32_t* refused_reasons;
  eb_str state;             /* of the strategy's state machine after this candle */
  eb_str regime;            /* of this candle */
  eb_str entry_regime;      /* of the position, with an exit; else empty */
  double strength;          /* ranks buys of one close, the largest first */
  eb_dec amount;            /* BUY: quote currency wanted, before the cash is known */
  eb_dec min_amount;        /* BUY: less than this is no order */
  eb_dec volume;            /* SELL: base coin */
  int32_t max_open_markets; /* BUY: no entry beyond so many open positions and entries; 0: no limit of its own */
  uint32_t n_values;
  const eb_number* values;      /* figures that belong to the signal, kept with it */
  eb_ts origin;                 /* open time of the candle that began the watch; 0 if none */
  const eb_plan* plan;          /* null unless EB_DECISION_PLAN; for a BUY the plan of the position to be */
  const eb_exit_levels* levels; /* null if there are none, or none were wanted */
} eb_decision;

#define EB_GATE_AT_MOST 0
#define EB_GATE_AT_LEAST 1
#define EB_GATE_BELOW 2
#define EB_GATE_ABOVE 3

/* One condition that the strategy looked at: `value` against `threshold`; a yes or no is 1 or 0 against 1. */
typedef struct eb_gate {
  eb_str name; /* like OS_RSI; at most 32 bytes */
  double value;
  double threshold;
  int32_t relation; /* EB_GATE_* */
  eb_bool passed;
  uint8_t reserved0[3];
} eb_gate;

typedef struct eb_decision_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand] exactly once in a candle_close with decide = 1, never with decide = 0; copies what it keeps */
  eb_status (*decide)(void* ctx_host, const eb_decision* decision);
  /* [strand] null when nobody asks: indicator values for the decision ledger; before or after decide */
  eb_status (*values)(void* ctx_host, const eb_number* values, uint32_t n);
  /* [strand] null when nobody asks: the conditions that led to the decision, for the decision ledger; at most 32 */
  eb_status (*gates)(void* ctx_host, const eb_gate* gates, uint32_t n);
} eb_decision_sink;

typedef struct eb_strategy_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [strand & running] learns from the candle and, if it says so, decides; within 5 ms, at most 250 ms */
  eb_status (*candle_close)(void* self_plug, const eb_candle_close* candle, const eb_decision_sink* sink);
  /* [ctl] how many candles of a role it wants before it decides (live; 0: none) */
  eb_status (*history)(void* self_plug, int32_t role, uint32_t* candles);
} eb_strategy_v1;

#endif
