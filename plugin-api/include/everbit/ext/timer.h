/* eb.timer/1, the host's side: one-shot timers in trading time. */
#ifndef EVERBIT_EXT_TIMER_H
#define EVERBIT_EXT_TIMER_H

#include "everbit/status.h"

#define EB_EXT_TIMER "eb.timer/1"

typedef struct eb_timer_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand & running] one EB_EVENT_TIMER at or after that time; at most 64 at once */
  eb_status (*set)(void* ctx_host, eb_ts at, uint64_t* timer);
  /* [strand & running] after EB_OK its event will not come; EB_ERR_NOT_FOUND: it came, or never was */
  eb_status (*cancel)(void* ctx_host, uint64_t timer);
} eb_timer_v1;

#endif
