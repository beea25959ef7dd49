#pragma once

#include "base/name_lookup.h"

namespace everbit::net {

// Whether the address is one of the public internet, by the special-purpose registries of IANA:
// nothing private, shared, link-local (cloud metadata), loopback, reserved, documentation,
// multicast, and no IPv6 form that carries an IPv4 address inside. Pure; any thread.
[[nodiscard]] bool is_public_address(const SocketAddress& address);

}  // namespace everbit::net
