#include "plugins/auth/auth_plugin.h"

#include <array>
#include <condition_variable>
#include <optional>

#include "net/io_threads.h"
#include "plugins/buffers.h"
#include "plugins/strand.h"

namespace everbit::plugins {
namespace {

constexpr std::chrono::seconds kCloseBudget{5};
constexpr std::size_t kLongestUrl = 8192;
constexpr std::size_t kLongestSubject = 64;
constexpr std::size_t kLargestAnswer = 256 * 1024;
constexpr std::array<std::string_view, 2> kRefusals{"KAKAO_TOKEN_ERROR", "KAKAO_USER_ERROR"};

Error unavailable(const char* why) { return Error("UNAVAILABLE", why, "auth"); }

// A plugin names one of the codes that a dashboard knows; anything else is our fault, not its text.
Error refusal(std::string_view code) {
  for (const std::string_view known : kRefusals) {
    if (code == known) return Error(std::string(code), "the provider refused", "auth");
  }
  return unavailable("the provider did not say who came");
}

net::HttpClientSettings http_settings(const AuthPlugin::Options& options) {
  net::HttpClientSettings settings;
  settings.ca_file = options.ca_file;
  settings.limits.body_bytes = kLargestAnswer;
  settings.max_calls = 32;
  return settings;
}

std::vector<std::string> plain_origins(const std::vector<std::string>& urls) {
  std::vector<std::string> plain;
  for (const std::string& text : urls) {
    const auto url = net::parse_url(text);
    if (url && !url->origin.tls) plain.push_back(url->origin.authority());
  }
  return plain;
}

}  // namespace

// One call of complete() that waits.
struct AuthPlugin::Pending {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<std::string>> outcome;

  void settle(Result<std::string> what) {
    const std::lock_guard lock(mutex);
    if (!outcome) outcome = std::move(what);
    changed.notify_all();
  }
};

AuthPlugin::AuthPlugin() : host_side_{sizeof(eb_auth_host_v1), 0, this, &AuthPlugin::finished} {}

Result<std::unique_ptr<AuthPlugin>> AuthPlugin::start(const LoadedPlugin& loaded, Options options,
                                                      const Clock& clock, net::IoThreads& io,
                                                      net::IoThreads& strands) {
  std::unique_ptr<AuthPlugin> plugin(new AuthPlugin);
  auto http = net::HttpClient::make(io, http_settings(options));
  if (!http) return http.error();
  plugin->http_ = std::move(*http);
  InstanceOptions made;
  made.name = "auth";
  made.params = std::move(options.params);
  made.services.http = plugin->http_.get();
  made.services.io = &io;
  made.services.plain_origins = plain_origins(options.urls);
  made.services.extensions = {{EB_EXT_AUTH_HOST, &plugin->host_side_}};
  // It checks signatures while nobody's order waits for it.
  made.budget = Budget{std::chrono::milliseconds(50), std::chrono::seconds(5)};
  auto instance = start_instance(loaded, std::move(made), clock, strands);
  if (!instance) return instance.error();
  plugin->instance_ = std::move(*instance);
  plugin->table_ = plugin->instance_->extension<eb_auth_v1>(EB_EXT_AUTH);
  if (plugin->table_ == nullptr) return Error("PLUGIN_INSTANCE", "is no login provider", "auth");
  return plugin;
}

AuthPlugin::~AuthPlugin() {
  if (instance_) instance_->close(Deadline::after(kCloseBudget));
  if (http_) http_->stop();
}

Result<std::string> AuthPlugin::authorize_url(const LoginBegin& from) {
  eb_auth_begin begin{};
  begin.size = sizeof begin;
  begin.state = to_abi(from.state);
  begin.nonce = to_abi(from.nonce);
  begin.code_challenge = to_abi(from.code_challenge);
  begin.redirect_uri = to_abi(from.redirect_uri);
  StringSink url(kLongestUrl);
  const auto called = instance_->call_anywhere(
      "authorize_url", [&](void* self) { return table_->authorize_url(self, &begin, url.get()); });
  if (auto good = called.to_result("authorize_url"); !good) return good.error();
  if (!net::parse_url(url.text())) return unavailable("the plugin's address is none");
  return url.take();
}

Result<std::string> AuthPlugin::complete(const LoginCallback& callback, Deadline deadline) {
  const auto pending = std::make_shared<Pending>();
  std::uint64_t request = 0;
  {
    const std::lock_guard lock(mutex_);
    request = ++last_request_;
    pending_[request] = pending;
  }
  // It owns what it uses: the caller may give up before it runs.
  const bool posted = instance_->post([this, pending, request, callback](Instance&) {
    if (auto begun = begin(request, callback); !begun) pending->settle(begun.error());
  });
  if (!posted) pending->settle(unavailable("too much waits for the plugin"));
  std::unique_lock lock(pending->mutex);
  pending->changed.wait_until(lock, deadline.time(), [&] { return pending->outcome.has_value(); });
  auto outcome = pending->outcome ? std::move(*pending->outcome)
                                  : Result<std::string>(unavailable("no answer in time"));
  lock.unlock();
  const std::lock_guard all(mutex_);
  pending_.erase(request);
  return outcome;
}

Result<void> AuthPlugin::begin(std::uint64_t request, const LoginCallback& from) {
  eb_auth_callback callback{};
  callback.size = sizeof callback;
  callback.request = request;
  callback.code = to_abi(from.code);
  callback.nonce = to_abi(from.nonce);
  callback.code_verifier = to_abi(from.code_verifier);
  callback.redirect_uri = to_abi(from.redirect_uri);
  const auto called =
      instance_->call("complete", [&](void* self) { return table_->complete(self, &callback); });
  if (!called.ok()) return unavailable("the plugin takes no login now");
  return {};
}

void AuthPlugin::finished(void* ctx_host, std::uint64_t request, eb_status status, eb_str code,
                          const eb_identity* identity) {
  auto& self = *static_cast<AuthPlugin*>(ctx_host);
  std::shared_ptr<Pending> pending;
  {
    const std::lock_guard lock(self.mutex_);
    const auto at = self.pending_.find(request);
    if (at == self.pending_.end()) return;
    pending = at->second;
  }
  if (status != EB_OK) return pending->settle(refusal(from_abi(code)));
  const std::string_view subject =
      identity != nullptr && EB_HAS(identity, subject) ? from_abi(identity->subject) : "";
  if (subject.empty() || subject.size() > kLongestSubject) {
    return pending->settle(unavailable("the plugin named nobody"));
  }
  pending->settle(std::string(subject));
}

}  // namespace everbit::plugins
