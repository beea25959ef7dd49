#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace everbit::net {

// TLS 1.2 or newer, peer verified against the system's authorities or, if `ca_file` is not empty,
// against that file's alone. No early data, no renegotiation, no compression. Shared by
// connections; not changed once made. Code NET_CA_FILE.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& ca_file);

}  // namespace everbit::net
