#include "plugins/notifier/notifier_plugin.h"

#include <array>
#include <condition_variable>

#include "base/log.h"
#include "net/io_threads.h"
#include "plugins/buffers.h"
#include "plugins/strand.h"

namespace everbit::plugins {
namespace {

constexpr std::chrono::seconds kCloseBudget{5};
constexpr std::int32_t kUrgencyHigh = 4;
// Page 70: at most 4 KiB of an answer is read.
constexpr std::size_t kMostOfAnAnswer = 4096;

net::HttpClientSettings http_settings(const NotifierPlugin::Options& options,
                                      std::shared_ptr<const net::EndpointGuard> guard) {
  net::HttpClientSettings settings;
  settings.ca_file = options.ca_file;
  settings.limits = {kMostOfAnAnswer, kMostOfAnAnswer, true};
  settings.max_calls = 64;
  settings.max_idle_per_origin = 2;
  settings.guard = std::move(guard);
  return settings;
}

PushAnswer answer_of(std::int32_t result, std::int32_t http_status, eb_ts retry_at) {
  PushAnswer answer;
  if (http_status >= 100 && http_status <= 599) answer.http_status = http_status;
  if (result == EB_DELIVERY_OK) answer.kind = PushAnswer::Kind::kDelivered;
  if (result == EB_DELIVERY_GONE) answer.kind = PushAnswer::Kind::kGone;
  if (result == EB_DELIVERY_RETRY) answer.kind = PushAnswer::Kind::kRest;
  if (retry_at > 0) answer.retry_at = Timestamp::from_ns(retry_at);
  return answer;
}

}  // namespace

struct NotifierPlugin::Pending {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<PushAnswer> answer;

  void settle(PushAnswer what) {
    const std::lock_guard lock(mutex);
    if (!answer) answer = what;
    changed.notify_all();
  }
  PushAnswer wait(Deadline deadline) {
    std::unique_lock lock(mutex);
    changed.wait_until(lock, deadline.time(), [&] { return answer.has_value(); });
    return answer.value_or(PushAnswer{});
  }
};

NotifierPlugin::NotifierPlugin()
    : host_side_{sizeof(eb_notifier_host_v1), 0, this, &NotifierPlugin::finished} {}

Result<std::unique_ptr<NotifierPlugin>> NotifierPlugin::start(ListedPlugins& listed,
                                                              Options options, const Clock& clock,
                                                              net::IoThreads& io,
                                                              net::IoThreads& strands) {
  auto guard = net::EndpointGuard::make(options.guard);
  if (!guard) return guard.error();
  auto loaded = listed.load(options.id, Kind::kNotifier);
  if (!loaded) return loaded.error();
  std::unique_ptr<NotifierPlugin> plugin(new NotifierPlugin);
  plugin->guard_ = std::make_shared<const net::EndpointGuard>(std::move(*guard));
  auto http = net::HttpClient::make(io, http_settings(options, plugin->guard_));
  if (!http) return http.error();
  plugin->http_ = std::move(*http);
  InstanceOptions made;
  made.name = "notifier";
  made.params = std::move(options.params);
  made.services.http = plugin->http_.get();
  made.services.io = &io;
  made.services.extensions = {{EB_EXT_NOTIFIER_HOST, &plugin->host_side_}};
  // It encrypts while nobody's order waits for it.
  made.budget = Budget{std::chrono::milliseconds(50), std::chrono::seconds(5)};
  auto instance = start_instance(*loaded, std::move(made), clock, strands);
  if (!instance) return instance.error();
  plugin->instance_ = std::move(*instance);
  plugin->table_ = plugin->instance_->extension<eb_notifier_v1>(EB_EXT_NOTIFIER);
  if (plugin->table_ == nullptr) return Error("PLUGIN_INSTANCE", "is no notifier", options.id);
  return plugin;
}

NotifierPlugin::~NotifierPlugin() {
  if (instance_) instance_->close(Deadline::after(kCloseBudget));
  if (http_) http_->stop();
}

std::uint64_t NotifierPlugin::begin_waiting(const std::shared_ptr<Pending>& pending) {
  const std::lock_guard lock(mutex_);
  pending_[++last_request_] = pending;
  return last_request_;
}

std::vector<PushAnswer> NotifierPlugin::send(const std::vector<Push>& pushes, Deadline deadline) {
  std::vector<std::pair<std::uint64_t, std::shared_ptr<Pending>>> sent;
  for (const Push& push : pushes) {
    const auto pending = std::make_shared<Pending>();
    const std::uint64_t request = begin_waiting(pending);
    sent.emplace_back(request, pending);
    // It owns what it uses: the caller may give up before it runs.
    const bool posted = instance_->post(
        [this, request, push, pending](Instance&) { begin(request, push, pending); });
    if (!posted) pending->settle({});
  }
  std::vector<PushAnswer> answers;
  for (const auto& [request, pending] : sent) {
    answers.push_back(pending->wait(deadline));
    const std::lock_guard lock(mutex_);
    pending_.erase(request);
  }
  return answers;
}

void NotifierPlugin::begin(std::uint64_t request, const Push& push,
                           const std::shared_ptr<Pending>& pending) {
  // Also what was let in long ago: the list may have become shorter since.
  if (!guard_->check(push.endpoint)) return pending->settle({});
  const std::array<eb_field, 3> fields{eb_field{to_abi("endpoint"), to_abi(push.endpoint)},
                                       eb_field{to_abi("p256dh"), to_abi(push.p256dh)},
                                       eb_field{to_abi("auth"), to_abi(push.auth)}};
  eb_notification notification{};
  notification.size = sizeof notification;
  notification.urgency = kUrgencyHigh;
  notification.request = request;
  notification.ttl_s = push.ttl.count();
  notification.topic = to_abi(push.topic);
  notification.payload = bytes_of(push.payload);
  notification.n_fields = fields.size();
  notification.fields = fields.data();
  const auto called =
      instance_->call("send", [&](void* self) { return table_->send(self, &notification); });
  if (called.ok()) return;
  log_error("push_not_encoded", {{"status", status_name(called.status)}, {"text", called.text}});
  pending->settle({});
}

void NotifierPlugin::finished(void* ctx_host, std::uint64_t request, std::int32_t result,
                              std::int32_t http_status, eb_ts retry_at) {
  auto& self = *static_cast<NotifierPlugin*>(ctx_host);
  std::shared_ptr<Pending> pending;
  {
    const std::lock_guard lock(self.mutex_);
    const auto at = self.pending_.find(request);
    if (at == self.pending_.end()) return;
    pending = at->second;
  }
  pending->settle(answer_of(result, http_status, retry_at));
}

}  // namespace everbit::plugins
