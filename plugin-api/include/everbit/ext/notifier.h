/* eb.notifier/1: sends one notification to one subscription, through eb.http/1. */
#ifndef EVERBIT_EXT_NOTIFIER_H
#define EVERBIT_EXT_NOTIFIER_H

#include "everbit/status.h"

#define EB_EXT_NOTIFIER "eb.notifier/1"
#define EB_EXT_NOTIFIER_HOST "eb.notifier.host/1"

typedef struct eb_notification {
  uint32_t size;
  int32_t urgency;  /* 1 very low, 2 low, 3 normal, 4 high */
  uint64_t request; /* named again when it is finished */
  int64_t ttl_s;
  eb_str topic;     /* a later one of the same topic replaces it; may be empty */
  eb_bytes payload; /* clear; the plugin encrypts */
  uint64_t n_fields;
  const eb_field* fields; /* the subscription: endpoint, p256dh, auth, … */
} eb_notification;

#define EB_DELIVERY_OK 1
#define EB_DELIVERY_GONE 2  /* the subscription exists no more */
#define EB_DELIVERY_RETRY 3 /* later, not before retry_at */
#define EB_DELIVERY_FAILED 4

typedef struct eb_notifier_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [strand & running] EB_OK promises exactly one finished */
  eb_status (*send)(void* self_plug, const eb_notification* notification);
} eb_notifier_v1;

/* The host's side. */
typedef struct eb_notifier_host_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand] ends a request; http_status is 0 without an answer */
  void (*finished)(void* ctx_host, uint64_t request, int32_t result, int32_t http_status, eb_ts retry_at);
} eb_notifier_host_v1;

#endif
