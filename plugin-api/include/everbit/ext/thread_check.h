/* eb.thread_check/1, the host's side: lets a plugin assert the thread tags while it is developed. */
#ifndef EVERBIT_EXT_THREAD_CHECK_H
#define EVERBIT_EXT_THREAD_CHECK_H

#include "everbit/status.h"

#define EB_EXT_THREAD_CHECK "eb.thread_check/1"

typedef struct eb_thread_check_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [any] whether the caller is on this instance's strand */
  eb_bool (*on_strand)(void* ctx_host);
} eb_thread_check_v1;

#endif
