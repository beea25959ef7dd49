#include <array>
#include <map>
#include <string>
#include <utility>

#include "eb.hpp"
#include "everbit/event.h"
#include "everbit/ext/http.h"
#include "everbit/ext/notifier.h"
#include "everbit/manifest.h"
#include "notify-webpush/answer.h"
#include "notify-webpush/encryption.h"
#include "notify-webpush/vapid.h"
#include "plugin.hpp"

EB_MANIFEST(
    "generation=1\n"
    "kind=notifier\n"
    "id=kr.everbit.notify-webpush\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.http/1\n"
    "requires=eb.notifier.host/1\n");

namespace everbit::notify_webpush {
namespace {

constexpr std::int64_t kTimeoutMs = 10'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kLongestTopic = 32;

std::string_view field(const eb_field* fields, std::uint64_t n, std::string_view key) {
  for (std::uint64_t i = 0; i < n; ++i) {
    if (eb::view(fields[i].key) == key) return eb::view(fields[i].value);
  }
  return {};
}

std::string_view urgency_name(std::int32_t urgency) {
  constexpr std::array<std::string_view, 4> kNames{"very-low", "low", "normal", "high"};
  if (urgency < 1 || urgency > 4) throw eb::Failure(EB_ERR_ARGUMENT, "no such urgency");
  return kNames[static_cast<std::size_t>(urgency - 1)];
}

bool is_topic(std::string_view topic) {
  return topic.size() <= kLongestTopic &&
         topic.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

Vapid vapid_of(const eb_create_args& args) {
  for (std::uint32_t i = 0; i < args.n_params; ++i) {
    const std::string_view key = eb::view(args.params[i].key);
    if (key != "vapid_subject" && key != "vapid_public_key" && key != "vapid_private_key") {
      throw eb::Failure(EB_ERR_UNKNOWN_KEY, "unknown setting " + std::string(key));
    }
  }
  auto vapid = Vapid::make(field(args.params, args.n_params, "vapid_subject"),
                           field(args.params, args.n_params, "vapid_public_key"),
                           field(args.params, args.n_params, "vapid_private_key"));
  if (!vapid) {
    throw eb::Failure(EB_ERR_ARGUMENT,
                      "the VAPID keys are no pair, or the subject is no mailto: or https: address");
  }
  return std::move(*vapid);
}

}  // namespace

// Web Push (RFC 8030): encrypts, signs, hands the request to the host, and says what the answer
// means. What it waits for is all that it remembers.
class WebPush {
 public:
  WebPush(const eb::Host& host, const eb_create_args& args)
      : host_(host),
        http_(host.require<eb_http_v1>(EB_EXT_HTTP)),
        notifier_(host.require<eb_notifier_host_v1>(EB_EXT_NOTIFIER_HOST)),
        vapid_(vapid_of(args)) {}

  static const void* extension(std::string_view id) noexcept;

  void on_event(const eb_event& event) {
    if (event.type != EB_EVENT_OP_DONE) return;
    const auto& done = reinterpret_cast<const eb_op_done&>(event);
    const auto waiting = waiting_.find(done.op);
    if (waiting == waiting_.end()) return;
    const std::uint64_t request = waiting->second;
    waiting_.erase(waiting);
    const int status = done.status == EB_OK ? done.http_status : 0;
    const Meaning meaning =
        judge(status, field(done.headers, done.n_headers, "retry-after"), now_s());
    notifier_->finished(notifier_->ctx_host, request, meaning.result, status,
                        meaning.retry_at_s * kNsPerSecond);
  }

 private:
  std::int64_t now_s() const { return host_.now() / kNsPerSecond; }

  void begin(const eb_notification& from) {
    const std::string_view endpoint = field(from.fields, from.n_fields, "endpoint");
    const auto origin = origin_of(endpoint);
    const auto receiver = parse_receiver(field(from.fields, from.n_fields, "p256dh"),
                                         field(from.fields, from.n_fields, "auth"));
    if (!origin || !receiver) throw eb::Failure(EB_ERR_ARGUMENT, "the subscription is unusable");
    if (from.ttl_s < 0 || !is_topic(eb::view(from.topic))) {
      throw eb::Failure(EB_ERR_ARGUMENT, "ttl or topic is none");
    }
    const std::string_view plain{reinterpret_cast<const char*>(from.payload.ptr), from.payload.len};
    const auto body = encrypt(plain, *receiver);
    if (!body) throw eb::Failure(EB_ERR_TOO_LARGE, "more than 3,993 bytes");
    start(from, endpoint, *body, vapid_.authorization(*origin, now_s()));
  }

  void start(const eb_notification& from, std::string_view endpoint, const std::string& body,
             const std::string& authorization) {
    const std::string ttl = std::to_string(from.ttl_s);
    std::array<eb_field, 6> headers{
        eb_field{eb::str("TTL"), eb::str(ttl)},
        eb_field{eb::str("Urgency"), eb::str(urgency_name(from.urgency))},
        eb_field{eb::str("Content-Encoding"), eb::str("aes128gcm")},
        eb_field{eb::str("Content-Type"), eb::str("application/octet-stream")},
        eb_field{eb::str("Authorization"), eb::str(authorization)},
        eb_field{eb::str("Topic"), from.topic}};
    eb_http_request request{};
    request.size = sizeof request;
    request.method = eb::str("POST");
    request.url = eb::str(endpoint);
    request.headers = headers.data();
    request.n_headers = static_cast<std::uint32_t>(headers.size() - (from.topic.len == 0 ? 1 : 0));
    request.body = {reinterpret_cast<const std::uint8_t*>(body.data()), body.size()};
    request.timeout_ms = kTimeoutMs;
    std::uint64_t op = 0;
    eb::check(http_->start(http_->ctx_host, &request, &op), "the host takes no request");
    waiting_[op] = from.request;
  }

  static eb_status send(void* self, const eb_notification* notification) noexcept {
    if (self == nullptr || notification == nullptr || !EB_HAS(notification, fields) ||
        (notification->fields == nullptr && notification->n_fields != 0) ||
        (notification->payload.ptr == nullptr && notification->payload.len != 0)) {
      return EB_ERR_ARGUMENT;
    }
    return eb::Instance<WebPush>::in_state(
        self, eb::Life::kRunning,
        [=](eb::Instance<WebPush>& instance) { instance.plugin.begin(*notification); });
  }

  static const eb_notifier_v1 kTable;

  eb::Host host_;
  const eb_http_v1* http_;
  const eb_notifier_host_v1* notifier_;
  Vapid vapid_;
  std::map<std::uint64_t, std::uint64_t> waiting_;  // the host's operation: the request
};

const eb_notifier_v1 WebPush::kTable = {sizeof(eb_notifier_v1), 0, &WebPush::send};

const void* WebPush::extension(std::string_view id) noexcept {
  return id == EB_EXT_NOTIFIER ? &kTable : nullptr;
}

}  // namespace everbit::notify_webpush

EB_PLUGIN(everbit::notify_webpush::WebPush)
