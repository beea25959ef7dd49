/* eb.ws/1, the host's side: WebSocket connections that the host keeps up (ping, reconnect with backoff). */
#ifndef EVERBIT_EXT_WS_H
#define EVERBIT_EXT_WS_H

#include "everbit/status.h"

#define EB_EXT_WS "eb.ws/1"

typedef struct eb_ws_request {
  uint32_t size;
  uint32_t n_headers;
  eb_str url;
  const eb_field* headers;
} eb_ws_request;

typedef struct eb_ws_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand & running] EB_EVENT_WS tells OPEN at each connect, each MESSAGE, and CLOSED at each loss */
  eb_status (*open)(void* ctx_host, const eb_ws_request* request, uint64_t* connection);
  /* [strand & running] one text frame of at most 64 KiB; EB_ERR_BUSY when the queue is full */
  eb_status (*send)(void* ctx_host, uint64_t connection, eb_bytes text);
  /* [strand & running] no event of it comes after EB_OK */
  eb_status (*close)(void* ctx_host, uint64_t connection);
} eb_ws_v1;

#endif
