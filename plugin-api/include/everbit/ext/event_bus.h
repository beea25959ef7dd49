/* eb.event_bus/1, the plugin's side: publish in the caller's transaction, hand over events when asked, take verdicts.
 *
 * The bus never owns the domain transaction: the host lends it one as eb_tx. It pulls nothing by itself: the host
 * fetches, dispatches and settles. A failed exec has lost the transaction: its status is returned as it came, without
 * savepoints. Rows and deliveries go to sinks and are copied there.
 */
#ifndef EVERBIT_EXT_EVENT_BUS_H
#define EVERBIT_EXT_EVENT_BUS_H

#include "everbit/host.h"

#define EB_EXT_EVENT_BUS "eb.event_bus/1"

#define EB_VALUE_NULL 0
#define EB_VALUE_BOOL 1
#define EB_VALUE_INT 2
#define EB_VALUE_DOUBLE 3
#define EB_VALUE_TEXT 4  /* also what PostgreSQL reads from text: arrays, json, timestamps */
#define EB_VALUE_BYTES 5 /* bytea */
#define EB_VALUE_UUID 6  /* 16 bytes */
#define EB_VALUE_TS 7    /* timestamptz, eb_ts in integer, whole microseconds */

/* A parameter or a cell of SQL. */
typedef struct eb_value {
  int32_t kind; /* EB_VALUE_* */
  uint32_t reserved0;
  int64_t integer; /* BOOL, INT, TS */
  double real;
  eb_bytes bytes; /* TEXT, BYTES, UUID */
} eb_value;

typedef struct eb_row_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_plug;
  /* [tx] one row; cells are text or null */
  eb_status (*row)(void* ctx_plug, const eb_value* cells, uint32_t n);
} eb_row_sink;

/* A transaction lent by the host. */
typedef struct eb_tx {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [tx] prepared once a connection by stmt_id; rows may be null; affected may be null */
  eb_status (*exec)(void* ctx_host, uint32_t stmt_id, eb_str sql, const eb_value* values, uint32_t n,
                    const eb_row_sink* rows, uint64_t* affected);
} eb_tx;

typedef struct eb_bus_event {
  uint32_t size;
  uint32_t reserved0;
  uint8_t event_id[16]; /* UUID v7 */
  eb_str stream;
  eb_str type;
  eb_str aggregate_type;
  eb_str key;           /* partition key */
  eb_str payload;       /* the whole envelope of specification page 20: JSON, kept to the byte */
  eb_str trace_id;      /* empty in a delivery: the envelope has it */
  int64_t aggregate_id; /* 0: none */
  eb_ts not_before;     /* 0: at once */
  int32_t max_attempts; /* 0: the default, 10 */
  int32_t reserved1;
} eb_bus_event;

typedef struct eb_delivery {
  uint32_t size;
  int32_t lane;
  eb_bus_event event;
  uint64_t seq;
  uint64_t token;
  uint64_t epoch;
  int32_t attempt; /* 1 for the first; above max_attempts: handle no more, settle DEAD */
  uint32_t reserved0;
  eb_ts published;
  eb_ts lease_until;
  eb_str error_code; /* of a dead event */
  eb_str error_message;
} eb_delivery;

typedef struct eb_delivery_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [worker] copies the delivery */
  eb_status (*delivery)(void* ctx_host, const eb_delivery* delivery);
} eb_delivery_sink;

#define EB_SETTLE_DONE 1
#define EB_SETTLE_RETRY 2
#define EB_SETTLE_DEAD 3
#define EB_SETTLE_RELEASE 4 /* given back unhandled: drain, shutdown */

typedef struct eb_settle {
  uint32_t size;
  int32_t outcome; /* EB_SETTLE_* */
  uint64_t seq;
  uint64_t token;
  uint64_t epoch;
  int32_t lane;
  eb_status result; /* out: EB_OK or EB_ERR_LOST_LEASE */
  eb_ts retry_at;   /* RETRY; 0: by the subscription's backoff */
  eb_str code;      /* RETRY, DEAD */
  eb_str message;
} eb_settle;

typedef struct eb_sub_opts {
  uint32_t size;
  eb_bool ordered; /* by key; else competing */
  uint8_t reserved0[3];
  eb_str stream;
  eb_str group;
  int32_t prefetch; /* most deliveries handed over and not settled */
  int32_t lease_ms;
  int64_t backoff_base_ms;
  int64_t backoff_cap_ms;
} eb_sub_opts;

typedef struct eb_stat_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [worker] a measurement of specification page 20; labels are its labels */
  eb_status (*stat)(void* ctx_host, eb_str name, const eb_field* labels, uint32_t n, double value);
} eb_stat_sink;

#define EB_BUS_TX_PUBLISH 1u
#define EB_BUS_ORDERED 2u
#define EB_BUS_DELAY 4u
#define EB_BUS_DEAD_BROWSE 8u
#define EB_BUS_MULTI_PROCESS 16u
#define EB_BUS_TX_SETTLE 32u
#define EB_BUS_REPLAY 64u

/* All handles are the plugin's; one of a closed thing is refused with EB_ERR_CLOSED. */
typedef struct eb_event_bus_v1 {
  uint32_t size;
  uint32_t reserved0;
  uint64_t caps; /* EB_BUS_* */
  /* [ctl] config by key: database_url, instance (a name of the process, for people), and what the bus adds */
  eb_status (*open)(void* self_plug, const eb_field* config, uint32_t n, uint64_t* bus_plug);
  /* [tx] */
  eb_status (*publish)(uint64_t bus_plug, const eb_tx* tx, const eb_bus_event* events, uint32_t n);
  /* [any] after the COMMIT: wakes fetch, here and elsewhere; never blocks */
  void (*committed)(uint64_t bus_plug, const eb_str* streams, uint32_t n);
  /* [ctl] */
  eb_status (*subscribe)(uint64_t bus_plug, const eb_sub_opts* opts, uint64_t* sub_plug);
  /* [worker] waits at most wait_ms; EB_OK with nothing delivered is usual. Ordered: a key's events come in their
   * order, and none after a RETRY or RELEASE of that key until the earlier one came again. One caller at a time. */
  eb_status (*fetch)(uint64_t sub_plug, uint32_t max, int32_t wait_ms, const eb_delivery_sink* sink);
  /* [any] a waiting fetch returns now */
  eb_status (*interrupt)(uint64_t sub_plug);
  /* [tx] with a transaction: a lost lease is returned as EB_ERR_LOST_LEASE, and the host rolls back; [worker] with
   * null: on a connection of the plugin's own, the results one by one */
  eb_status (*settle)(uint64_t sub_plug, const eb_tx* tx, eb_settle* settles, uint32_t n);
  /* [worker] renews the lease of deliveries in work */
  eb_status (*extend)(uint64_t sub_plug, const eb_settle* held, uint32_t n, int32_t ms);
  /* [worker] dead events after a sequence number, oldest first */
  eb_status (*dead_list)(uint64_t bus_plug, eb_str stream, eb_str group, uint64_t after, uint32_t max,
                         const eb_delivery_sink* sink);
  /* [worker] refused with EB_ERR_UNSUPPORTED for everbit.trade.command */
  eb_status (*dead_requeue)(uint64_t bus_plug, eb_str group, const uint8_t (*event_ids)[16], uint32_t n);
  /* [worker] how many events of the stream the group has not settled */
  eb_status (*lag)(uint64_t bus_plug, eb_str stream, eb_str group, uint64_t* n);
  /* [worker] */
  eb_status (*stats)(uint64_t bus_plug, const eb_stat_sink* sink);
  /* [ctl] gives its lanes back */
  void (*close_sub)(uint64_t sub_plug);
  /* [ctl] closes what is still open */
  void (*close)(uint64_t bus_plug);
} eb_event_bus_v1;

#endif
