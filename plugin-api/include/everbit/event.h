/* Events that the host hands to an instance, in order of seq, on its strand. */
#ifndef EVERBIT_EVENT_H
#define EVERBIT_EVENT_H

#include "everbit/decimal.h"

#define EB_EVENT_TICK 1
#define EB_EVENT_TRADE 2
#define EB_EVENT_BOOK_TOP 3
#define EB_EVENT_CANDLE_CLOSE 4
#define EB_EVENT_TIMER 5
#define EB_EVENT_OP_DONE 6
#define EB_EVENT_ORDER_UPDATE 7
#define EB_EVENT_CONTROL 8
#define EB_EVENT_WS 9

/* The head of every event. size is that of the whole event, head included. */
typedef struct eb_event {
  uint32_t size;
  uint16_t type;
  uint16_t flags;
  uint64_t seq; /* counts up by one for each instance */
  eb_ts ts;     /* trading time at which it became true */
} eb_event;

typedef struct eb_tick {
  eb_event head;
  eb_str market;
  eb_dec price;
  eb_dec traded_value_24h;
  eb_ts exchange_ts;
} eb_tick;

typedef struct eb_trade {
  eb_event head;
  eb_str market;
  eb_dec price;
  eb_dec volume;
  eb_ts exchange_ts;
  int64_t trade_id; /* unique, not an order */
  int32_t taker_side;
  uint32_t reserved0;
} eb_trade;

typedef struct eb_book_top {
  eb_event head;
  eb_str market;
  eb_dec bid_price;
  eb_dec bid_size;
  eb_dec ask_price;
  eb_dec ask_size;
  eb_ts exchange_ts;
} eb_book_top;

/* A period without a trade: open = high = low = close = previous close, volume 0. */
#define EB_CANDLE_FILLED 1u
/* value is the exchange's; without it value is 0, and close * volume stands in for it. */
#define EB_CANDLE_VALUE_KNOWN 2u
/* Not confirmed by REST: entries are refused for it. */
#define EB_CANDLE_UNVERIFIED 4u

/* Every number twice: exact, and as the nearest double for indicators. */
typedef struct eb_candle {
  eb_ts open_time;
  eb_ts close_time; /* open_time + timeframe */
  int32_t timeframe_s;
  uint32_t flags; /* EB_CANDLE_* */
  eb_dec open;
  eb_dec high;
  eb_dec low;
  eb_dec close;
  eb_dec volume; /* base coin */
  eb_dec value;  /* quote currency */
  double open_f;
  double high_f;
  double low_f;
  double close_f;
  double volume_f;
  double value_f;
} eb_candle;

/* Which of the instance's three timeframes a candle belongs to. */
#define EB_ROLE_SIGNAL 1
#define EB_ROLE_MACRO 2
#define EB_ROLE_LONG 3

#define EB_INTENT_NONE 0
#define EB_INTENT_ENTRY 1
#define EB_INTENT_EXIT_STOPLOSS 2
#define EB_INTENT_EXIT_TP 3
#define EB_INTENT_EXIT_TRAIL 4
#define EB_INTENT_EXIT_TIME 5
#define EB_INTENT_EXIT_MANUAL 6

#define EB_POSITION_FLAT 0
#define EB_POSITION_PENDING 1 /* an intent of this market is open; quantity tells whether a position is held too */
#define EB_POSITION_OPEN 2

/* How the last intent ended. */
#define EB_OUTCOME_NONE 0
#define EB_OUTCOME_FILLED 1             /* closed with executed volume > 0 */
#define EB_OUTCOME_REJECTED 2           /* sent, then refused */
#define EB_OUTCOME_CANCELLED_UNFILLED 3 /* closed without execution */
#define EB_OUTCOME_REFUSED 4            /* by the host, before anything was sent */

#define EB_PLAN_STOP 1u          /* stop holds a price */
#define EB_PLAN_TRAIL_STARTED 2u /* trail_top holds a price */
#define EB_PLAN_TP1_TAKEN 4u
#define EB_PLAN_STOP_DISTANCE 8u /* stop_distance holds one */

/* What the strategy means to do with a position. The host stores it in the candle's transaction and gives back what was
 * last returned; while the strategy cannot run, the host's guardian sells at a close at or below stop. */
typedef struct eb_plan {
  uint32_t size;
  uint32_t flags; /* EB_PLAN_* */
  eb_dec stop;
  eb_dec stop_distance; /* of an entry: the stop is the average fill price less this until a plan with a stop follows */
  eb_dec trail_top;
  eb_str own; /* the strategy's own fields: UTF-8, at most 1,024 bytes, kept verbatim */
} eb_plan;

/* The host's truth about this market and mode at the candle's close. */
typedef struct eb_position_view {
  uint32_t size;
  int32_t state;           /* EB_POSITION_* */
  int32_t last_intent;     /* EB_INTENT_* of the last intent that ended, or NONE */
  int32_t last_outcome;    /* EB_OUTCOME_* */
  eb_ts last_signal_close; /* close of the candle whose decision made that intent */
  int32_t last_exit;       /* EB_INTENT_* of the last exit that left the position flat, or NONE */
  int32_t pending_intent;  /* EB_INTENT_* of the open intent when PENDING */
  eb_ts last_exit_close;   /* close of that exit's signal candle */
  eb_ts entry_close;       /* close of the entry's signal candle; 0 if never */
  eb_dec quantity;         /* held, without dust */
  eb_dec avg_price;        /* average fill price of the entry, without fees */
  eb_dec dust;             /* left over from an exit; sold with the next one */
  const eb_plan* plan;     /* of the open position; when FLAT of the last one; null if none */
} eb_position_view;

/* A candle that has closed. Of the candles that close together the longest timeframe comes first. */
typedef struct eb_candle_close {
  eb_event head;
  int32_t role;            /* EB_ROLE_* */
  eb_bool decide;          /* 0 in warm-up and for macro and long candles: only learn from it */
  eb_bool value_24h_known; /* 0: the strategy sums its own */
  eb_bool levels_wanted;   /* 1: eb_exit_levels are asked for with each decision */
  uint8_t reserved0;
  eb_candle candle;
  eb_dec traded_value_24h; /* the exchange's figure at the close, quote currency */
  double traded_value_24h_f;
  const eb_position_view* position; /* null in warm-up and for macro and long candles */
} eb_candle_close;

typedef struct eb_timer {
  eb_event head;
  uint64_t timer;
} eb_timer;

/* The one terminal event of an asynchronous operation. */
typedef struct eb_op_done {
  eb_event head;
  uint64_t op;
  eb_status status;    /* EB_OK, EB_ERR_TIMEOUT, EB_ERR_CANCELLED (no byte left), EB_ERR_UNKNOWN_OUTCOME, … */
  int32_t http_status; /* http operations: 0 without an answer */
  const eb_field* headers;
  uint32_t n_headers;
  uint32_t reserved0;
  eb_bytes body; /* the answer's body, or the worker's response */
} eb_op_done;

/* Information only: no decision may need it. */
typedef struct eb_order_update {
  eb_event head;
  int32_t intent;  /* EB_INTENT_* */
  int32_t outcome; /* EB_OUTCOME_*, NONE while open */
  eb_dec executed_volume;
  eb_dec avg_price;
} eb_order_update;

#define EB_CONTROL_QUIESCE 1
#define EB_CONTROL_RESUME 2

typedef struct eb_control {
  eb_event head;
  int32_t command; /* EB_CONTROL_* */
  uint32_t reserved0;
} eb_control;

#define EB_WS_OPEN 1
#define EB_WS_MESSAGE 2
#define EB_WS_CLOSED 3

typedef struct eb_ws_event {
  eb_event head;
  uint64_t connection;
  int32_t what; /* EB_WS_* */
  uint32_t reserved0;
  eb_bytes message;
} eb_ws_event;

EB_STATIC_ASSERT(sizeof(eb_event) == 24, event_heads_are_twenty_four_bytes);

#endif
