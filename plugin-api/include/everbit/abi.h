/* The Everbit plugin ABI: the rules that every header beside this one keeps.
 *
 * 1. A released entity (name, parameter, field order, number, meaning, thread tag, ownership, nullability) never
 *    changes.
 * 2. Structs grow at the tail only. A receiver accepts size >= the frozen baseline (offset of the last v1 field plus
 *    its width, never sizeof), copies min(size, own), zero-fills the rest and keeps the declared size. A larger size
 *    than known is fine; the unknown tail is ignored.
 * 3. Anything bigger is a new extension id revision, "eb.x/2", served beside "/1". Ids carry no "draft".
 * 4. New plugin-to-host numbers may be added; new host-to-plugin event types go only to plugins that asked for them.
 * 5. Nothing is removed inside generation 1. Generation 2 comes only with a shim that still loads generation 1.
 * 6. No host version, compiler, build flag or precision mode takes part in compatibility.
 * 7. CI proves it with plugins built from the tag of each release.
 *
 * Ownership: borrow only. A pointer that crosses the boundary, in either direction, is valid until the call returns;
 * whoever needs it later copies it. Variable output goes through a sink of the caller, input through a source, so
 * nothing is ever freed across the boundary.
 *
 * Threads: every function pointer carries one tag.
 *   [ctl]     the control strand: load, create, destroy; never concurrent with [strand] calls of the same instance
 *   [strand]  the instance's strand: serialised, but perhaps another OS thread each time (no thread_local)
 *   [any]     any thread, concurrently
 *   [worker]  a worker thread of the host; may block for as long as its arguments say
 *   [tx]      the thread that owns a database transaction, concurrently with others; keeps nothing between calls
 * A host function never calls back into the plugin before it returns, except into a sink or source passed to it.
 *
 * Every asynchronous operation ends in exactly one terminal event, also on cancellation and shutdown.
 *
 * Platforms: LP64 little endian, x86-64 and aarch64. Strings are UTF-8, not terminated. Times are nanoseconds since
 * 1970-01-01T00:00:00Z. Reserved fields are zero.
 */
#ifndef EVERBIT_ABI_H
#define EVERBIT_ABI_H

#include <stddef.h>
#include <stdint.h>

#define EB_ABI_GENERATION 1
#define EB_ENTRY_SYMBOL "eb_plugin_entry_v1"

#if defined(__GNUC__)
#define EB_EXPORT __attribute__((visibility("default")))
#else
#define EB_EXPORT
#endif

#ifdef __cplusplus
#define EB_EXTERN_C extern "C"
#define EB_EXTERN_C_BEGIN extern "C" {
#define EB_EXTERN_C_END }
#define EB_STATIC_ASSERT(condition, name) static_assert(condition, #name)
#else
#define EB_EXTERN_C extern
#define EB_EXTERN_C_BEGIN
#define EB_EXTERN_C_END
#define EB_STATIC_ASSERT(condition, name) typedef char eb_assert_##name[(condition) ? 1 : -1]
#endif

/* True if the struct behind p was declared large enough to hold the field. */
#ifdef __cplusplus
#define EB_HAS(p, field)                                                                                               \
  ((p)->size >= static_cast<uint64_t>(reinterpret_cast<const char*>(&(p)->field) - reinterpret_cast<const char*>(p)) + \
                    sizeof((p)->field))
#else
#define EB_HAS(p, field) \
  ((size_t)(p)->size >= (size_t)((const char*)&(p)->field - (const char*)(p)) + sizeof((p)->field))
#endif

EB_STATIC_ASSERT(sizeof(void*) == 8, pointers_are_eight_bytes);
EB_STATIC_ASSERT(sizeof(double) == 8, doubles_are_eight_bytes);

#endif
