/* eb.http/1, the host's side, for auth and notifier plugins: the host owns sockets, TLS, deadlines and limits. It never
 * repeats a request, follows no redirect and sends no Origin. */
#ifndef EVERBIT_EXT_HTTP_H
#define EVERBIT_EXT_HTTP_H

#include "everbit/status.h"

#define EB_EXT_HTTP "eb.http/1"

typedef struct eb_http_request {
  uint32_t size;
  uint32_t n_headers;
  eb_str method;
  eb_str url; /* https; http only for addresses that the settings allow */
  const eb_field* headers;
  eb_bytes body;
  int64_t timeout_ms; /* whole call; 0: 8,000 */
} eb_http_request;

typedef struct eb_http_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand & running] EB_OK promises one EB_EVENT_OP_DONE: EB_OK with an answer, EB_ERR_NOT_SENT or
   * EB_ERR_CANCELLED if no byte left, else EB_ERR_UNKNOWN_OUTCOME */
  eb_status (*start)(void* ctx_host, const eb_http_request* request, uint64_t* op);
  /* [strand & running] asks for an early end; the event still comes */
  eb_status (*cancel)(void* ctx_host, uint64_t op);
} eb_http_v1;

#endif
