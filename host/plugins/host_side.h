#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "everbit/host.h"
#include "plugins/services/log_service.h"
#include "plugins/services/service.h"

namespace everbit::plugins {

class Instance;

// The host's half of one instance: the eb_host struct that the plugin is given, and the extensions
// that were granted to it. Lives from before create until after destroy.
class HostSide {
 public:
  // Code PLUGIN_NOT_AVAILABLE: a required extension has nothing behind it here.
  static Result<std::unique_ptr<HostSide>> make(Instance& instance,
                                                const std::vector<std::string>& grants);

  const eb_host* get() const { return &host_; }
  // [strand] No service starts anything any more, and no event of one comes.
  void stop();
  // [ctl] False when a service is still inside the plugin at the deadline.
  bool wait(Deadline deadline);

 private:
  explicit HostSide(Instance& instance);
  void grant(const std::string& id);

  static const void* get_extension(void* ctx, eb_str id);
  static void log(void* ctx, std::int32_t level, eb_str event, const eb_field* fields,
                  std::uint32_t n);
  static eb_bool log_enabled(void* ctx, std::int32_t level);
  static eb_ts now(void* ctx);
  static void set_error(void* ctx, eb_status code, eb_str text);

  Instance& instance_;
  LogService log_;
  std::vector<std::unique_ptr<Service>> services_;
  std::map<std::string, const void*, std::less<>> extensions_;
  eb_host host_;
};

}  // namespace everbit::plugins
