#include "push-sim/service.h"

#include <algorithm>
#include <chrono>

#include "upbit-sim/base/text.h"

namespace everbit::push_sim {
namespace {

constexpr std::string_view kPushPath = "/push/";
constexpr std::string_view kMessagePath = "/m/";
constexpr std::int64_t kLongestTtl = 28 * 24 * 3600;

}  // namespace

std::int64_t Service::now_s() const {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count() + moved_s;
}

const Device& Service::subscribe(const std::string& pinned) {
  Device device;
  device.token = upbit_sim::base64url_encode(random_bytes(24));
  device.key = new_key();
  device.auth = random_bytes(16);
  device.pinned = pinned;
  const std::string token = device.token;
  return devices[token] = std::move(device);
}

Device* Service::find(const std::string& token) {
  const auto at = devices.find(token);
  return at == devices.end() ? nullptr : &at->second;
}

HttpResponse Service::push(const HttpRequest& request) {
  if (request.method == "DELETE") return remove(request);
  Device* device =
      request.path.starts_with(kPushPath) ? find(request.path.substr(kPushPath.size())) : nullptr;
  if (request.method != "POST" || device == nullptr) return gone(404, options.personality);
  if (device->gone != 0) return gone(device->gone, options.personality);
  const Checked checked = check(request, {origin_, device->pinned, now_s(), options.personality});
  if (checked.fault) {
    ++refused;
    refusals.push_back(checked.why);
    return refusal(*checked.fault, checked.why, options.personality);
  }
  return accept(*device, request, checked.sound);
}

HttpResponse Service::accept(Device& device, const HttpRequest& request, const Sound& sound) {
  Message message;
  message.id = ++last_id_;
  message.token = device.token;
  message.sound = sound;
  message.ttl = std::min(sound.ttl, kLongestTtl);
  message.accepted_s = now_s();
  message.body_size = request.body.size();
  message.delivered = device.online;
  if (request.body.empty()) {
    message.text = "";
  } else {
    message.text = decrypt_push(request.body, *device.key, device.auth);
  }
  if (!sound.topic.empty()) {
    std::erase_if(messages, [&](const Message& other) {
      return !other.delivered && other.token == device.token && other.sound.topic == sound.topic;
    });
  }
  HttpResponse response;
  response.status = 201;
  response.headers.emplace_back("Location",
                                origin_ + std::string(kMessagePath) + std::to_string(message.id));
  response.headers.emplace_back("TTL", std::to_string(message.ttl));
  if (options.personality == Personality::kApple) {
    response.headers.emplace_back("apns-id", std::to_string(message.id));
  }
  // Now or never.
  if (message.delivered || message.ttl > 0) messages.push_back(std::move(message));
  return response;
}

HttpResponse Service::remove(const HttpRequest& request) {
  HttpResponse response;
  response.status = 404;
  if (!request.path.starts_with(kMessagePath)) return response;
  const std::string id = request.path.substr(kMessagePath.size());
  const auto removed = std::erase_if(messages, [&](const Message& message) {
    return !message.delivered && std::to_string(message.id) == id;
  });
  response.status = removed == 0 ? 404 : 204;
  return response;
}

void Service::set_online(const std::string& token, bool online) {
  Device* device = find(token);
  if (device == nullptr) return;
  device->online = online;
  if (!online) return;
  const std::int64_t now = now_s();
  std::erase_if(messages, [&](const Message& message) {
    return message.token == token && !message.delivered && message.accepted_s + message.ttl < now;
  });
  for (Message& message : messages) {
    if (message.token == token) message.delivered = true;
  }
}

}  // namespace everbit::push_sim
