#include "http/unix_peer.h"

#include <sys/socket.h>

#include <algorithm>

namespace everbit::http {
namespace {

// More groups than anybody is in; a peer with more counts with its effective one alone.
constexpr std::size_t kMostGroups = 1024;

}  // namespace

bool UnixPeer::may_pass(gid_t group) const {
  return uid == 0 || std::find(groups.begin(), groups.end(), group) != groups.end();
}

std::optional<UnixPeer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  std::vector<gid_t> more(kMostGroups);
  size = static_cast<socklen_t>(more.size() * sizeof(gid_t));
  if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, more.data(), &size) != 0) size = 0;
  more.resize(size / sizeof(gid_t));
  more.insert(more.begin(), credentials.gid);
  return UnixPeer{credentials.uid, std::move(more)};
}

}  // namespace everbit::http
