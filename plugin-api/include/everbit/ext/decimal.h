/* eb.decimal/1, the host's side: the arithmetic that is too large to be inline. 256-bit intermediates. */
#ifndef EVERBIT_EXT_DECIMAL_H
#define EVERBIT_EXT_DECIMAL_H

#include "everbit/decimal.h"

#define EB_EXT_DECIMAL "eb.decimal/1"

#define EB_ROUND_DOWN 1 /* toward zero */
#define EB_ROUND_UP 2   /* away from zero */
#define EB_ROUND_FLOOR 3
#define EB_ROUND_CEILING 4
#define EB_ROUND_HALF_EVEN 5

#define EB_PARSE_EXACT 1 /* every digit is kept, or EB_ERR_INEXACT */
#define EB_PARSE_DOWN 2  /* digits beyond the eighteenth are cut */

typedef struct eb_decimal_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [any] */
  eb_status (*mul)(eb_dec a, eb_dec b, int32_t rounding, eb_dec* out);
  /* [any] */
  eb_status (*div)(eb_dec a, eb_dec b, int32_t rounding, eb_dec* out);
  /* [any] JSON spelling of numbers, exponents included */
  eb_status (*parse)(eb_str text, int32_t mode, eb_dec* out);
  /* [any] shortest text without exponent; at most 41 bytes */
  eb_status (*format)(eb_dec value, const eb_sink* text);
  /* [any] the decimal that the shortest text of the double names; EB_ERR_RANGE for what is none */
  eb_status (*from_double)(double value, int32_t rounding, eb_dec* out);
  /* [any] the nearest double */
  double (*to_double)(eb_dec value);
  /* [any] rounded to so many places, 0 to 18 */
  eb_status (*round_places)(eb_dec value, int32_t places, int32_t rounding, eb_dec* out);
  /* [any] rounded to a multiple of tick, which is > 0 */
  eb_status (*round_tick)(eb_dec value, eb_dec tick, int32_t rounding, eb_dec* out);
} eb_decimal_v1;

#endif
