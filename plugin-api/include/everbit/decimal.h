/* 128-bit fixed point, 10^-18, |x| < 10^20: price, quantity and money alike.
 *
 * Two's complement in {lo, hi}, so zero-initialised is 0 and the order is that of (hi, lo). The range is that of
 * PostgreSQL's numeric(38,18). Inline here is only what needs no multiplication; multiplying, dividing, parsing,
 * formatting and rounding are the host's (ext/decimal.h), so that no mistake is frozen into a plugin. Every operation
 * is checked: out of range is EB_ERR_RANGE, never a wrapped number.
 */
#ifndef EVERBIT_DECIMAL_H
#define EVERBIT_DECIMAL_H

#include "everbit/status.h"

typedef struct eb_dec {
  uint64_t lo;
  int64_t hi;
} eb_dec;

/* 10^38 - 1, the largest magnitude in units of 10^-18. */
#define EB_DEC_MAX_LO UINT64_C(687399551400673279)
#define EB_DEC_MAX_HI INT64_C(5421010862427522170)
#define EB_DEC_ONE UINT64_C(1000000000000000000)

static inline int eb_dec_compare(eb_dec a, eb_dec b) {
  if (a.hi != b.hi) return a.hi < b.hi ? -1 : 1;
  if (a.lo != b.lo) return a.lo < b.lo ? -1 : 1;
  return 0;
}

static inline int eb_dec_sign(eb_dec a) {
  if (a.hi < 0) return -1;
  return (a.hi != 0 || a.lo != 0) ? 1 : 0;
}

/* True if |a| < 10^20. */
static inline int eb_dec_valid(eb_dec a) {
  const eb_dec largest = {EB_DEC_MAX_LO, EB_DEC_MAX_HI};
  const eb_dec smallest = {~EB_DEC_MAX_LO + UINT64_C(1), ~EB_DEC_MAX_HI};
  return eb_dec_compare(a, largest) <= 0 && eb_dec_compare(a, smallest) >= 0;
}

static inline eb_dec eb_dec_negate(eb_dec a) {
  eb_dec r;
  r.lo = ~a.lo + UINT64_C(1);
  r.hi = (int64_t)(~(uint64_t)a.hi + (r.lo == 0 ? UINT64_C(1) : UINT64_C(0)));
  return r;
}

/* *out = a + b; both must be valid. A sum past 128 bits wraps to a number that is not valid, so
 * that it is refused as well. */
static inline eb_status eb_dec_add(eb_dec a, eb_dec b, eb_dec* out) {
  eb_dec r;
  r.lo = a.lo + b.lo;
  r.hi = (int64_t)((uint64_t)a.hi + (uint64_t)b.hi + (r.lo < a.lo ? UINT64_C(1) : UINT64_C(0)));
  if (!eb_dec_valid(r)) return EB_ERR_RANGE;
  *out = r;
  return EB_OK;
}

static inline eb_status eb_dec_sub(eb_dec a, eb_dec b, eb_dec* out) { return eb_dec_add(a, eb_dec_negate(b), out); }

/* value as a decimal; every int64 fits. */
static inline eb_dec eb_dec_from_int(int64_t value) {
  const uint64_t magnitude = value < 0 ? ~(uint64_t)value + UINT64_C(1) : (uint64_t)value;
  const uint64_t mask = UINT64_C(0xffffffff);
  /* magnitude * 10^18 by 32-bit halves of both factors */
  const uint64_t a0 = magnitude & mask, a1 = magnitude >> 32;
  const uint64_t b0 = EB_DEC_ONE & mask, b1 = EB_DEC_ONE >> 32;
  const uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
  const uint64_t middle = (p00 >> 32) + (p01 & mask) + (p10 & mask);
  eb_dec r;
  r.lo = (p00 & mask) | (middle << 32);
  r.hi = (int64_t)(p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32));
  return value < 0 ? eb_dec_negate(r) : r;
}

EB_STATIC_ASSERT(sizeof(eb_dec) == 16, decimals_are_sixteen_bytes);

#endif
