/* eb.state_migrate/1, the plugin's side: turns a state of an older schema version into one it can load. */
#ifndef EVERBIT_EXT_STATE_MIGRATE_H
#define EVERBIT_EXT_STATE_MIGRATE_H

#include "everbit/status.h"

#define EB_EXT_STATE_MIGRATE "eb.state_migrate/1"

typedef struct eb_state_migrate_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [ctl] pure */
  eb_status (*migrate)(void* self_plug, uint32_t from_version, const eb_source* old_blob, const eb_sink* new_blob);
} eb_state_migrate_v1;

#endif
