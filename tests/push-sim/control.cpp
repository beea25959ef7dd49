#include "push-sim/control.h"

#include "upbit-sim/base/text.h"
#include "upbit-sim/json/writer.h"

namespace everbit::push_sim {
namespace {

using upbit_sim::Json;
using upbit_sim::JsonWriter;

HttpResponse answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse refused(const std::string& why) {
  return answer(400, JsonWriter().open_object().text("error", why).close_object().take());
}

HttpResponse subscribed(const Service& service, const Device& device) {
  JsonWriter json;
  json.open_object().text("endpoint", service.endpoint_of(device)).text("token", device.token);
  json.key("keys").open_object();
  json.text("p256dh", upbit_sim::base64url_encode(point_of(*device.key)));
  json.text("auth", upbit_sim::base64url_encode(device.auth)).close_object();
  return answer(200, json.close_object().take());
}

HttpResponse messages(const Service& service) {
  JsonWriter json;
  json.open_object().integer("refused", service.refused).key("refusals").open_array();
  for (const std::string& why : service.refusals) json.string(why);
  json.close_array().key("messages").open_array();
  for (const Message& message : service.messages) {
    json.open_object().integer("id", message.id).text("token", message.token);
    json.boolean("delivered", message.delivered).integer("ttl", message.ttl);
    json.text("urgency", message.sound.urgency).text("topic", message.sound.topic);
    json.text("publicKey", message.sound.public_key);
    json.integer("bodySize", static_cast<std::int64_t>(message.body_size));
    json.boolean("undecryptable", !message.text);
    if (message.sound.claims.empty()) {
      json.null("claims");
    } else {
      json.key("claims").raw(message.sound.claims);
    }
    json.text("text", message.text.value_or("")).close_object();
  }
  return answer(200, json.close_array().close_object().take());
}

HttpResponse change_device(Service& service, const std::string& path, const Json& body) {
  Device* device = service.find(body.string_at("token").value_or(""));
  if (device == nullptr) return refused("no such subscription");
  if (path == "/expire") {
    device->gone = static_cast<int>(body.integer_at("status").value_or(410));
  } else {
    service.set_online(device->token, body.bool_at("online").value_or(true));
  }
  return answer(200, "{}");
}

}  // namespace

HttpResponse control(Service& service, const HttpRequest& request) {
  if (request.method == "GET" && request.path == "/messages") return messages(service);
  if (request.method == "DELETE" && request.path == "/messages") {
    service.messages.clear();
    return answer(200, "{}");
  }
  if (request.method == "DELETE" && request.path == "/faults") {
    service.faults.clear();
    return answer(200, "{}");
  }
  if (request.method != "POST") return refused("no such call");
  std::string problem;
  const auto body = Json::parse(request.body.empty() ? "{}" : request.body, &problem);
  if (!body) return refused(problem);
  if (request.path == "/subscriptions") {
    return subscribed(service, service.subscribe(body->string_at("vapidKey").value_or("")));
  }
  if (request.path == "/expire" || request.path == "/online") {
    return change_device(service, request.path, *body);
  }
  if (request.path == "/faults") {
    const std::string why = service.faults.add(*body);
    return why.empty() ? answer(200, "{}") : refused(why);
  }
  if (request.path == "/clock") {
    service.moved_s += body->integer_at("advance_seconds").value_or(0);
    return answer(200, "{}");
  }
  if (request.path == "/personality") {
    const auto personality = parse_personality(body->string_at("name").value_or(""));
    if (!personality) return refused("no such personality");
    service.options.personality = *personality;
    return answer(200, "{}");
  }
  return refused("no such call");
}

}  // namespace everbit::push_sim
