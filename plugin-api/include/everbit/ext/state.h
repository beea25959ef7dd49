/* eb.state/1, the plugin's side: what a restart, a swap or a split run goes on from. */
#ifndef EVERBIT_EXT_STATE_H
#define EVERBIT_EXT_STATE_H

#include "everbit/status.h"

#define EB_EXT_STATE "eb.state/1"

typedef struct eb_state_v1 {
  uint32_t size;
  uint32_t version; /* of the schema that save writes */
  eb_str schema;    /* id of the schema, as in the manifest */
  /* [strand & created or running] no side effect; the same state gives the same bytes; of a strategy, no order
   * state is in it */
  eb_status (*save)(void* self_plug, const eb_sink* blob);
  /* [strand & created] all or nothing: after a failure the instance is as new */
  eb_status (*load)(void* self_plug, uint32_t version, const eb_source* blob);
} eb_state_v1;

#endif
