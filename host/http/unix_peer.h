#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

namespace everbit::http {

// Who has connected to a Unix socket, as the kernel says.
struct UnixPeer {
  uid_t uid = 0;
  std::vector<gid_t> groups;  // the effective one first

  // Root, or of that group.
  bool may_pass(gid_t group) const;
};

// Empty: the kernel does not tell.
std::optional<UnixPeer> peer_of(int socket);

}  // namespace everbit::http
