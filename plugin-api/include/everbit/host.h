/* What every plugin is given: logging, time, errors and the door to all other services. */
#ifndef EVERBIT_HOST_H
#define EVERBIT_HOST_H

#include "everbit/status.h"

#define EB_LOG_TRACE 0
#define EB_LOG_DEBUG 1
#define EB_LOG_INFO 2
#define EB_LOG_WARN 3
#define EB_LOG_ERROR 4
#define EB_LOG_CRITICAL 5
/* For checking layers: who broke a rule of this ABI. */
#define EB_LOG_HOST_MISBEHAVING 6
#define EB_LOG_PLUGIN_MISBEHAVING 7

/* Valid from create until destroy returns. */
typedef struct eb_host {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [any] the host's extension of that id; null if it is unknown or not granted. Valid as long as the host. */
  const void* (*get_extension)(void* ctx_host, eb_str id);
  /* [any] never blocks; the bytes are copied; past the plugin's rate or a full queue the line is dropped and counted */
  void (*log)(void* ctx_host, int32_t level, eb_str event, const eb_field* fields, uint32_t n);
  /* [any] whether a line of this level would be written */
  eb_bool (*log_enabled)(void* ctx_host, int32_t level);
  /* [any] trading time: the exchange's live, the driver's in a back-test */
  eb_ts (*now)(void* ctx_host);
  /* [any] text for the failure that the plugin is about to return; the last one before the return counts */
  void (*set_error)(void* ctx_host, eb_status code, eb_str text);
} eb_host;

#endif
