/* Status numbers. 0 is success, a negative number an error; the hundreds are its class. Frozen. */
#ifndef EVERBIT_STATUS_H
#define EVERBIT_STATUS_H

#include "everbit/types.h"

#define EB_OK 0

/* The caller passed something wrong. */
#define EB_ERR_ARGUMENT (-100)
#define EB_ERR_UNKNOWN_KEY (-101)
#define EB_ERR_PARSE (-102)
#define EB_ERR_TOO_LARGE (-103)

/* Not possible now, or not here. */
#define EB_ERR_STATE (-200)
#define EB_ERR_NOT_FOUND (-201)
#define EB_ERR_UNSUPPORTED (-202)
#define EB_ERR_BUSY (-203)
#define EB_ERR_CLOSED (-204)
#define EB_ERR_SCHEMA (-205)
#define EB_ERR_DUPLICATE (-206)

/* Numbers. */
#define EB_ERR_RANGE (-300)
#define EB_ERR_INEXACT (-301)
#define EB_ERR_DIVISION_BY_ZERO (-302)

/* Input and output. NOT_SENT and CANCELLED mean that no byte left. */
#define EB_ERR_IO (-400)
#define EB_ERR_TIMEOUT (-401)
#define EB_ERR_NOT_SENT (-402)
#define EB_ERR_CANCELLED (-403)
#define EB_ERR_TX_LOST (-404)
#define EB_ERR_LOST_LEASE (-405)

#define EB_ERR_AUTH (-500)
#define EB_ERR_SCOPE (-501)

#define EB_ERR_RATE_LIMIT (-600)
#define EB_ERR_BLOCKED (-601)

/* Bytes left and no readable answer came: whoever asked must reconcile, never repeat. */
#define EB_ERR_UNKNOWN_OUTCOME (-700)

#define EB_ERR_INTERNAL (-800)
#define EB_ERR_NO_MEMORY (-801)
#define EB_ERR_EXCEPTION (-900)

/* The class of a status: EB_ERR_ARGUMENT … EB_ERR_EXCEPTION, or EB_OK. */
#define EB_STATUS_CLASS(status) ((eb_status)((status) / 100 * 100))

#endif
