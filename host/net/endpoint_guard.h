#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/name_lookup.h"
#include "base/result.h"
#include "net/origin.h"

namespace everbit::net {

// Which addresses that a stranger gave us we are ready to call: https on port 443 to a DNS name
// that the list allows, and only at public addresses. A value; any thread.
//
// HttpClient asks it three times for one call: for the origin, for every address that the name has
// (looked up once, and the connection goes to one of those), and never after a redirect, as none is
// followed.
class EndpointGuard {
 public:
  struct Rules {
    // "fcm.googleapis.com", or "*.push.apple.com" for what lies below. Empty: any DNS name.
    std::vector<std::string> hosts;
    // "host:port" pairs of a test's own push service: at any address, an address in digits, too.
    std::vector<std::string> test_entries;
  };

  // Code GUARD_RULE, naming the rule.
  static Result<EndpointGuard> make(const Rules& rules);

  // The address taken apart, its host in lower case. Code ENDPOINT_REFUSED; the message says which
  // rule it breaks.
  Result<Url> check(std::string_view endpoint) const;

  // Both are false for what check() would refuse.
  bool may_call(const Origin& origin) const;
  bool may_connect(const Origin& origin, const SocketAddress& address) const;

 private:
  EndpointGuard() = default;
  bool is_test_entry(const Origin& origin) const;
  bool is_listed(std::string_view host) const;

  std::vector<std::string> exact_;
  std::vector<std::string> below_;  // ".push.apple.com"
  std::vector<Origin> test_;
};

// Whether this may be a rule of the list, for who reads settings.
bool is_host_rule(std::string_view text);
bool is_test_entry_rule(std::string_view text);

}  // namespace everbit::net
