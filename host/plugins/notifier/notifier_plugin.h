#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "everbit/ext/notifier.h"
#include "net/endpoint_guard.h"
#include "net/http_client.h"
#include "plugins/listed_plugins.h"

namespace everbit::plugins {

// One message to one subscription.
struct Push {
  std::string endpoint;
  std::string p256dh;
  std::string auth;
  std::string payload;  // clear
  std::string topic;    // may be empty
  std::chrono::seconds ttl{0};
};

struct PushAnswer {
  enum class Kind {
    kDelivered,
    kGone,    // the subscription exists no more
    kRest,    // it is to be left alone, until retry_at if the service said so
    kFailed,  // anything else, silence included
  };
  Kind kind = Kind::kFailed;
  int http_status = 0;  // 0: no answer
  std::optional<Timestamp> retry_at;
};

// The notifier plugin that the settings name, loaded and started, with an HTTP client of its own
// that goes nowhere but where the guard lets it. Closed at the end; what it was started with
// outlives it.
class NotifierPlugin {
 public:
  struct Options {
    std::string id;
    // The plugin's own settings.
    std::vector<std::pair<std::string, std::string>> params;
    std::string ca_file;  // empty: the system's authorities
    net::EndpointGuard::Rules guard;
  };
  // Codes: GUARD_RULE, PLUGIN_INSTANCE, NET_CA_FILE, those of ListedPlugins and of the plugin.
  static Result<std::unique_ptr<NotifierPlugin>> start(ListedPlugins& listed, Options options,
                                                       const Clock& clock, net::IoThreads& io,
                                                       net::IoThreads& strands);
  ~NotifierPlugin();
  NotifierPlugin(const NotifierPlugin&) = delete;
  NotifierPlugin& operator=(const NotifierPlugin&) = delete;

  // Any thread.
  const net::EndpointGuard& guard() const { return *guard_; }
  // All at the same time, one answer each in their order; what has none at the deadline failed.
  // Blocks, so never on an I/O thread or a strand.
  std::vector<PushAnswer> send(const std::vector<Push>& pushes, Deadline deadline);

 private:
  struct Pending;
  NotifierPlugin();
  std::uint64_t begin_waiting(const std::shared_ptr<Pending>& pending);
  void begin(std::uint64_t request, const Push& push, const std::shared_ptr<Pending>& pending);
  static void finished(void* ctx_host, std::uint64_t request, std::int32_t result,
                       std::int32_t http_status, eb_ts retry_at);

  eb_notifier_host_v1 host_side_;
  std::shared_ptr<const net::EndpointGuard> guard_;
  std::mutex mutex_;
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::unique_ptr<net::HttpClient> http_;
  std::shared_ptr<Instance> instance_;
  const eb_notifier_v1* table_ = nullptr;
};

}  // namespace everbit::plugins
