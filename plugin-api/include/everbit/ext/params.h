/* eb.params/1, the plugin's side: the parameters it takes, constant for the life of an instance. */
#ifndef EVERBIT_EXT_PARAMS_H
#define EVERBIT_EXT_PARAMS_H

#include "everbit/status.h"

#define EB_EXT_PARAMS "eb.params/1"

#define EB_PARAM_INTEGER 1
#define EB_PARAM_REAL 2
#define EB_PARAM_BOOL 3 /* true or false */
#define EB_PARAM_DECIMAL 4
#define EB_PARAM_TEXT 5

/* A change needs the history anew. */
#define EB_PARAM_AFFECTS_HISTORY 1u

typedef struct eb_param_info {
  uint32_t size;
  int32_t type; /* EB_PARAM_* */
  uint32_t flags;
  uint32_t reserved0;
  eb_str key;
  eb_str default_value; /* all values as text */
  eb_str min_value;     /* empty: no bound */
  eb_str max_value;
  eb_str unit; /* empty, "candles", "KRW", "%", … */
  eb_str group;
  eb_str label_ko;
  eb_str label_en;
} eb_param_info;

typedef struct eb_param_sink {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [ctl] copies the info */
  eb_status (*param)(void* ctx_host, const eb_param_info* info);
} eb_param_sink;

typedef struct eb_params_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [ctl] all of them, in the order to be shown */
  eb_status (*describe)(void* self_plug, const eb_param_sink* sink);
} eb_params_v1;

#endif
