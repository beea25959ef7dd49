/* eb.worker/1: long work off the strand. The host copies the message, calls work on a worker thread and brings the
 * response back to the strand as the operation's EB_EVENT_OP_DONE. */
#ifndef EVERBIT_EXT_WORKER_H
#define EVERBIT_EXT_WORKER_H

#include "everbit/status.h"

#define EB_EXT_WORKER "eb.worker/1"
#define EB_EXT_WORKER_PLUGIN "eb.worker.plugin/1"

typedef struct eb_worker_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand & running] message of at most 1 MiB; EB_ERR_BUSY when 16 wait; EB_OK promises one EB_EVENT_OP_DONE */
  eb_status (*submit)(void* ctx_host, eb_bytes message, uint64_t* op);
} eb_worker_v1;

/* The plugin's side. */
typedef struct eb_worker_plugin_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [worker] within 20 s; response of at most 1 MiB; must not touch what the strand owns */
  eb_status (*work)(void* self_plug, eb_bytes message, const eb_sink* response);
} eb_worker_plugin_v1;

#endif
