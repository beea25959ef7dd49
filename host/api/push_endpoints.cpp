#include "api/push_endpoints.h"

#include "api/body.h"
#include "api/failure.h"
#include "api/query.h"
#include "api/reply.h"
#include "notify/deep_link.h"

namespace everbit::api {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kLongestEndpoint = 2048;
constexpr std::size_t kLongestKey = 512;
constexpr std::size_t kLongestAgent = 512;
constexpr std::size_t kLongestTag = 64;
constexpr std::size_t kLongestMessage = 512;
constexpr std::size_t kLongestLink = 512;
constexpr std::size_t kLongestCursor = 64;

Error no_keys() { return {"PUSH_NOT_SET_UP", "no VAPID keys are given"}; }

void write_item(JsonWriter& json, const notify::Subscription& one) {
  json.begin_object()
      .field("id", one.id)
      .field("endpointMasked", one.endpoint_masked)
      .field("userAgent", one.user_agent)
      .field("deviceTag", one.device_tag)
      .field("enabled", one.enabled)
      .field("createdAt", one.created_at)
      .field("updatedAt", one.updated_at)
      .end_object();
}

std::string required(Body& body, const std::string& name, std::size_t most) {
  auto text = body.text(name, most);
  if (text && text->empty()) body.refuse(name, "REQUIRED");
  return text.value_or("");
}

http::Response subscribe(const PushParts& parts, const Call& call) {
  Body body(call.request.body);
  notify::NewSubscription given;
  given.endpoint = required(body, "endpoint", kLongestEndpoint);
  given.p256dh = required(body, "p256dh", kLongestKey);
  given.auth = required(body, "auth", kLongestKey);
  given.user_agent = body.optional_text("userAgent", kLongestAgent);
  given.device_tag = body.optional_text("deviceTag", kLongestTag);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  if (given.endpoint.empty()) body.refuse("endpoint", "REQUIRED");
  if (given.p256dh.empty()) body.refuse("p256dh", "REQUIRED");
  if (given.auth.empty()) body.refuse("auth", "REQUIRED");
  if (auto refusal = body.refusal()) return std::move(*refusal);
  if (parts.plugin == nullptr) return failure(no_keys());
  if (!parts.plugin->guard().check(given.endpoint)) body.refuse("endpoint", "NOT_ALLOWED");
  if (const std::string faulty = notify::faulty_key(given); !faulty.empty()) {
    body.refuse(faulty, "NOT_A_KEY");
  }
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const auto added = parts.subscriptions.add(given, parts.clock.now(), Deadline::after(kPatience));
  if (!added) return failure(added.error());
  JsonWriter json;
  json.begin_object()
      .field("id", added->id)
      .field("enabled", added->enabled)
      .field("createdAt", added->created_at)
      .field("updatedAt", added->updated_at)
      .end_object();
  return reply(json.take());
}

http::Response list(const PushParts& parts, const Call& call) {
  Query query(call.query);
  const int limit = query.integer("limit", 1, 100, 20);
  std::optional<Uuid> after;
  if (const auto cursor = query.text("cursor", kLongestCursor)) {
    if (const auto parsed = Uuid::parse(*cursor)) {
      after = *parsed;
    } else {
      query.refuse("cursor", "NOT_ALLOWED");
    }
  }
  if (auto refusal = query.refusal()) return std::move(*refusal);
  const auto page = parts.subscriptions.list(limit, after, Deadline::after(kPatience));
  if (!page) return failure(page.error());
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const notify::Subscription& one : page->items) write_item(json, one);
  json.end_array().field("nextCursor", page->next).end_object();
  return reply(json.take());
}

http::Response disable(const PushParts& parts, const Call& call) {
  const Error unknown("SUBSCRIPTION_UNKNOWN", "no such subscription");
  const auto id = Uuid::parse(call.parameters[0]);
  if (!id) return failure(unknown);
  const auto disabled = parts.subscriptions.disable(*id, Deadline::after(kPatience));
  if (!disabled) return failure(disabled.error());
  JsonWriter json;
  json.begin_object().field("id", *id).field("enabled", false).end_object();
  return reply(json.take());
}

http::Response send_test(const PushParts& parts, const Call& call) {
  Body body(call.request.body);
  const auto message = body.text("message", kLongestMessage);
  const auto link = body.text("deepLink", kLongestLink);
  if (message && message->empty()) body.refuse("message", "REQUIRED");
  if (link && !notify::is_deep_link(*link)) body.refuse("deepLink", "NOT_ALLOWED");
  if (auto refusal = body.refusal()) return std::move(*refusal);
  if (!message) body.refuse("message", "REQUIRED");
  if (!link) body.refuse("deepLink", "REQUIRED");
  if (auto refusal = body.refusal()) return std::move(*refusal);
  notify::Notification notification;
  notification.title = "알림 시험";
  notification.body = *message;
  notification.deep_link = *link;
  notification.data = R"({"test":true})";
  const auto count = parts.sender.send_test(notification);
  if (!count) return failure(count.error());
  JsonWriter json;
  json.begin_object()
      .field("requested", count->requested)
      .field("delivered", count->delivered)
      .field("failed", count->failed)
      .end_object();
  return reply(json.take());
}

http::Response public_key(const PushParts& parts, const Call& call) {
  Query query(call.query);
  if (auto refusal = query.refusal()) return std::move(*refusal);
  if (parts.plugin == nullptr) return failure(no_keys());
  JsonWriter json;
  json.begin_object()
      .field("publicKey", parts.vapid_public_key)
      .field("keyId", parts.vapid_key_id)
      .end_object();
  return reply(json.take());
}

http::Response settings_shown(const PushParts& parts) {
  const auto settings = parts.subscriptions.settings(Deadline::after(kPatience));
  if (!settings) return failure(settings.error());
  JsonWriter json;
  json.begin_object();
  for (const auto& [type, enabled] : *settings) json.field(notify::to_string(type), enabled);
  return reply(json.end_object().take());
}

http::Response change_settings(const PushParts& parts, const Call& call) {
  Body body(call.request.body);
  std::map<notify::PushType, bool> wanted;
  for (const notify::PushType type : notify::kPushTypes) {
    if (const auto flag = body.boolean(std::string(notify::to_string(type)))) wanted[type] = *flag;
  }
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const auto changed = parts.subscriptions.change(wanted, Deadline::after(kPatience));
  if (!changed) return failure(changed.error());
  return settings_shown(parts);
}

}  // namespace

void add_push_endpoints(Router& router, const PushParts& parts) {
  router.add("POST", "push/subscriptions",
             [parts](const Call& call) { return subscribe(parts, call); });
  router.add("GET", "push/subscriptions", [parts](const Call& call) { return list(parts, call); });
  router.add("DELETE", "push/subscriptions/{id}",
             [parts](const Call& call) { return disable(parts, call); });
  router.add("POST", "push/test", [parts](const Call& call) { return send_test(parts, call); });
  router.add("GET", "push/vapid-public-key",
             [parts](const Call& call) { return public_key(parts, call); });
  router.add("GET", "push/settings", [parts](const Call&) { return settings_shown(parts); });
  router.add("PUT", "push/settings",
             [parts](const Call& call) { return change_settings(parts, call); });
}

}  // namespace everbit::api
