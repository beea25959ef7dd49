/* eb.exchange.local/1, the plugin's side: an exchange that is inside the plugin, which only simulates what it does with
 * money. An exchange that has it is driven like any other (ext/exchange.h), but what its encode makes for the account
 * (EB_SCOPE_EXCHANGE) is answered here and never put on a wire; quotation calls and the public channel are those of the
 * exchange whose market data it uses. Only mode PAPER may trade on it, and mode PAPER trades on nothing else.
 *
 * What it knows of orders and money is kept by eb.state/1, which it must have too: the host saves after every call that
 * moved the revision, and lets the answer and the frames of that call out only when the state is stored. So what was
 * told to anybody survives a crash, and what did not survive was told to nobody.
 *
 * The same state, calls and times give the same answers, frames and state.
 */
#ifndef EVERBIT_EXT_EXCHANGE_LOCAL_H
#define EVERBIT_EXT_EXCHANGE_LOCAL_H

#include "everbit/ext/exchange.h"

#define EB_EXT_EXCHANGE_LOCAL "eb.exchange.local/1"

/* A request for the account, as encode made it. */
typedef struct eb_local_request {
  uint32_t size;
  uint32_t n_headers;
  eb_str method;
  eb_str target;
  const eb_field* headers;
  eb_bytes body;
  eb_ts now; /* exchange time */
} eb_local_request;

/* What decode is to read. */
typedef struct eb_local_answer {
  uint32_t size;
  int32_t http_status;
  uint32_t n_headers;
  uint32_t reserved0;
  const eb_field* headers; /* names in lower case */
  eb_bytes body;
} eb_local_answer;

typedef struct eb_local_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [any] exactly once in a successful serve, never else */
  eb_status (*answer)(void* ctx_host, const eb_local_answer* answer);
  /* [any] a text frame of the private channel, for ws_decode */
  eb_status (*frame)(void* ctx_host, eb_bytes frame);
} eb_local_sink;

typedef struct eb_exchange_local_v1 {
  uint32_t size;
  uint32_t streams; /* EB_STREAM_* of the public channel that it must observe */
  /* [strand & running] */
  eb_status (*serve)(void* self_plug, const eb_local_request* request, const eb_local_sink* sink);
  /* [strand & running] a frame of the public channel, of any stream; a broken one is an error and changes nothing */
  eb_status (*observe)(void* self_plug, eb_bytes frame, eb_ts now, const eb_local_sink* sink);
  /* [strand & running] frames were missed: no order book is known until the next one */
  eb_status (*missed)(void* self_plug);
  /* [strand & running] moves with every change of what eb.state/1 saves */
  uint64_t (*revision)(void* self_plug);
} eb_exchange_local_v1;

#endif
