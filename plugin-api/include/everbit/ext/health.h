/* eb.health/1, the plugin's side: how it is, for /health and doctor. */
#ifndef EVERBIT_EXT_HEALTH_H
#define EVERBIT_EXT_HEALTH_H

#include "everbit/status.h"

#define EB_EXT_HEALTH "eb.health/1"

typedef struct eb_health_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [any] EB_OK if well; else a status, and one line of text for people; returns at once */
  eb_status (*check)(void* self_plug, const eb_sink* text);
} eb_health_v1;

#endif
