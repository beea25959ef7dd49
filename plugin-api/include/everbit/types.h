/* The plain types that all other headers are made of. */
#ifndef EVERBIT_TYPES_H
#define EVERBIT_TYPES_H

#include "everbit/abi.h"

typedef uint8_t eb_bool;   /* 0 or 1 */
typedef int32_t eb_status; /* status.h */
typedef int64_t eb_ts;     /* nanoseconds, UTC */

/* UTF-8, not terminated; ptr may be null only if len is 0. */
typedef struct eb_str {
  const char* ptr;
  uint64_t len;
} eb_str;

typedef struct eb_bytes {
  const uint8_t* ptr;
  uint64_t len;
} eb_bytes;

/* A name and its text: a parameter, a header, a field of a request or of a log line. */
typedef struct eb_field {
  eb_str key;
  eb_str value;
} eb_field;

/* A name and a number, for indicator values and measurements. */
typedef struct eb_number {
  eb_str key;
  double value;
} eb_number;

/* Takes bytes during a call and copies what it keeps. */
typedef struct eb_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx;
  /* [any] called only inside the call that was given the sink; a failure must be passed on at once */
  eb_status (*write)(void* ctx, const uint8_t* bytes, uint64_t len);
} eb_sink;

/* Gives bytes during a call. */
typedef struct eb_source {
  uint32_t size;
  uint32_t reserved0;
  void* ctx;
  /* [any] copies at most capacity bytes and says how many; 0 is the end */
  eb_status (*read)(void* ctx, uint8_t* bytes, uint64_t capacity, uint64_t* len);
} eb_source;

/* Modes of trading. Rows and instances of different modes never meet. */
#define EB_MODE_REAL 1
#define EB_MODE_PAPER 2
#define EB_MODE_BACKTEST 3
#define EB_MODE_SHADOW 4

#define EB_SIDE_BUY 1
#define EB_SIDE_SELL 2

#endif
