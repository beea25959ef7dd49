/* eb.auth/1: a login provider. The host owns cookies, state, PKCE and sessions; the plugin speaks to the provider
 * through eb.http/1 and says who came. */
#ifndef EVERBIT_EXT_AUTH_H
#define EVERBIT_EXT_AUTH_H

#include "everbit/status.h"

#define EB_EXT_AUTH "eb.auth/1"
#define EB_EXT_AUTH_HOST "eb.auth.host/1"

typedef struct eb_auth_begin {
  uint32_t size;
  uint32_t reserved0;
  eb_str state;
  eb_str nonce;
  eb_str code_challenge; /* PKCE, S256 */
  eb_str redirect_uri;
} eb_auth_begin;

typedef struct eb_auth_callback {
  uint32_t size;
  uint32_t reserved0;
  uint64_t request; /* named again when it is finished */
  eb_str code;
  eb_str nonce;
  eb_str code_verifier;
  eb_str redirect_uri;
} eb_auth_callback;

typedef struct eb_identity {
  uint32_t size;
  uint32_t reserved0;
  eb_str subject; /* the provider's stable id of the person */
} eb_identity;

typedef struct eb_auth_v1 {
  uint32_t size;
  uint32_t reserved0;
  /* [any] writes the address to send the browser to */
  eb_status (*authorize_url)(void* self_plug, const eb_auth_begin* begin, const eb_sink* url);
  /* [strand & running] exchanges the code once; EB_OK promises exactly one finished */
  eb_status (*complete)(void* self_plug, const eb_auth_callback* callback);
} eb_auth_v1;

/* The host's side. */
typedef struct eb_auth_host_v1 {
  uint32_t size;
  uint32_t reserved0;
  void* ctx_host;
  /* [strand] ends a request; identity is null unless status is EB_OK; code is one of specification page 60 */
  void (*finished)(void* ctx_host, uint64_t request, eb_status status, eb_str code, const eb_identity* identity);
} eb_auth_host_v1;

#endif
