/* The entry of a plugin and the life of its instances. */
#ifndef EVERBIT_PLUGIN_H
#define EVERBIT_PLUGIN_H

#include "everbit/event.h"
#include "everbit/host.h"

/* What an instance is made for. All borrowed for the call of create. */
typedef struct eb_create_args {
  uint32_t size;
  uint32_t reserved0;
  eb_str instance;     /* unique name of this instance, for logs */
  eb_str strategy_key; /* strategies only, as are the next six */
  eb_str market;
  int32_t mode;     /* EB_MODE_* */
  int32_t signal_s; /* seconds of the signal timeframe */
  int32_t macro_s;
  int32_t long_s;
  uint32_t reserved1;
  uint32_t n_params;
  const eb_field* params; /* settings by key; what is left out takes the plugin's default, unknown keys are refused */
} eb_create_args;

/* One instance. States: created -> running -> stopped; destroy from created or stopped. An illegal call is refused
 * with EB_ERR_STATE, never crashes. */
typedef struct eb_plugin {
  uint32_t size;
  uint32_t reserved0;
  void* self_plug;
  /* [strand & created] */
  eb_status (*start)(void* self_plug);
  /* [strand & running] no event comes after it returns */
  eb_status (*stop)(void* self_plug);
  /* [ctl & created or stopped] the instance is gone when it returns */
  void (*destroy)(void* self_plug);
  /* [strand & running] an event this kind has asked for; unknown types are ignored with EB_OK */
  eb_status (*on_event)(void* self_plug, const eb_event* event);
  /* [ctl] the plugin's side of an extension; null if it has none of that id. Valid until destroy. */
  const void* (*get_extension)(void* self_plug, eb_str id);
} eb_plugin;

typedef struct eb_factory {
  uint32_t size;
  uint32_t reserved0;
  /* [ctl] fills *out, whose size the host has set; on failure nothing is left behind and set_error told why */
  eb_status (*create)(const eb_host* host, const eb_create_args* args, eb_plugin* out);
} eb_factory;

/* Equal to the note in the file, byte for byte. */
typedef struct eb_descriptor {
  uint32_t size;
  uint32_t generation;
  eb_str manifest;
} eb_descriptor;

typedef struct eb_module {
  uint32_t size;
  uint32_t reserved0;
  const eb_descriptor* descriptor;
  const eb_factory* factory;
} eb_module;

/* [any] The one exported symbol. Pure: returns a pointer to constant data, allocates nothing, may be called often. */
EB_EXTERN_C EB_EXPORT const eb_module* eb_plugin_entry_v1(void);

#endif
