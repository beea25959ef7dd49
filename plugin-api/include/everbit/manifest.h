/* The manifest: what a plugin says of itself before any of its code runs.
 *
 * EB_MANIFEST places lines of "key=value\n" into the ELF note section .note.everbit, which the host reads from the file
 * with plain reads, and defines eb_manifest_text so that the descriptor can point at the very same bytes. Keys, each
 * once unless said:
 *
 *   generation=1                    required, first
 *   kind=strategy|exchange|auth|notifier|event_bus      required
 *   id=kr.everbit.extreme-flip      required, reverse DNS
 *   version=1.0.0                   required
 *   host_level=1                    least feature level of the host, required
 *   requires=eb.decimal/1           an extension it cannot do without (repeatable)
 *   optional=eb.timer/1             one that it uses if granted (repeatable)
 *   draft=eb.x/1                    one that the owner must allow by name (repeatable)
 *   state=extreme-flip:1:1          state schema: id, oldest readable version, written version
 *   reason=7:NO_EXTREME             a reason number and its code (repeatable)
 *   database=1                      for a bus: the database schema that it needs
 */
#ifndef EVERBIT_MANIFEST_H
#define EVERBIT_MANIFEST_H

#include "everbit/types.h"

#define EB_NOTE_SECTION ".note.everbit"
#define EB_NOTE_NAME "everbit"
#define EB_NOTE_TYPE 1

/* Use once, in one source file of the plugin: EB_MANIFEST("generation=1\n" "kind=strategy\n" …); */
#define EB_MANIFEST(literal)                                                                                \
  typedef struct eb_manifest_note {                                                                         \
    uint32_t name_size;                                                                                     \
    uint32_t text_size;                                                                                     \
    uint32_t type;                                                                                          \
    char name[8];                                                                                           \
    char text[sizeof(literal)];                                                                             \
  } eb_manifest_note;                                                                                       \
  __attribute__((section(EB_NOTE_SECTION), used, aligned(4))) static const eb_manifest_note eb_manifest = { \
      8, (uint32_t)sizeof(literal), EB_NOTE_TYPE, EB_NOTE_NAME, literal}

/* The text that EB_MANIFEST placed, without its terminator. */
#define EB_MANIFEST_TEXT \
  { eb_manifest.text, (uint64_t)(sizeof(eb_manifest.text) - 1) }

#endif
