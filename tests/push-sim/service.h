#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "push-sim/checks.h"
#include "push-sim/crypto.h"
#include "push-sim/faults.h"

namespace everbit::push_sim {

using upbit_sim::HttpRequest;
using upbit_sim::HttpResponse;

// A browser that subscribed.
struct Device {
  std::string token;
  Key key;
  std::string auth;    // 16 bytes
  std::string pinned;  // base64url of the one VAPID key that may send; empty: any
  bool online = true;
  int gone = 0;  // the status of an expired subscription; 0: alive
};

// A push message that was accepted.
struct Message {
  int id = 0;
  std::string token;
  Sound sound;
  std::optional<std::string> text;  // empty: undecryptable
  std::size_t body_size = 0;
  std::int64_t accepted_s = 0;
  std::int64_t ttl = 0;
  bool delivered = false;
};

// The push service: what it knows, and what it answers. One thread.
class Service {
 public:
  Service(Options given, std::string origin)
      : options(std::move(given)), origin_(std::move(origin)) {}

  const Device& subscribe(const std::string& pinned);
  HttpResponse push(const HttpRequest& request);
  // A device comes back: what waits for it and has not expired is delivered.
  void set_online(const std::string& token, bool online);
  Device* find(const std::string& token);

  std::string endpoint_of(const Device& device) const { return origin_ + "/push/" + device.token; }
  std::int64_t now_s() const;
  void set_origin(std::string origin) { origin_ = std::move(origin); }

  Options options;
  Faults faults;
  std::map<std::string, Device> devices;
  std::vector<Message> messages;  // those that wait, too; replaced and dropped ones are gone
  std::int64_t moved_s = 0;
  int refused = 0;
  std::vector<std::string> refusals;

 private:
  HttpResponse accept(Device& device, const HttpRequest& request, const Sound& sound);
  HttpResponse remove(const HttpRequest& request);

  std::string origin_;
  int last_id_ = 0;
};

}  // namespace everbit::push_sim
