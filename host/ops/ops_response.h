#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "ops/health.h"

namespace everbit::ops {

// Decides every answer of the ops listener from plain text, so that it can be tested without a
// socket. Any thread.
class OpsRouter {
 public:
  OpsRouter(const Health& health, std::function<std::string()> metrics,
            std::vector<std::string> hosts);

  // `host_count` is the number of Host headers; exactly one is right.
  http::Response answer(std::string_view method, std::string_view target, std::string_view host,
                        std::size_t host_count) const;
  void set_hosts(std::vector<std::string> hosts);

 private:
  bool host_allowed(std::string_view host) const;

  const Health& health_;
  const std::function<std::string()> metrics_;
  mutable std::mutex mutex_;
  std::vector<std::string> hosts_;
};

}  // namespace everbit::ops
