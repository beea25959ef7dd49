#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "push-sim/options.h"
#include "upbit-sim/net/http.h"

namespace everbit::push_sim {

// What is wrong with a push message, found in the order of reference C11.
enum class Fault {
  kNoVapid,
  kBadVapid,
  kOtherKey,  // not the one that the subscription was made with
  kReusedKey,
  kNoTtl,
  kBadTtl,
  kBadUrgency,
  kBadTopic,
  kTooLarge,
  kBadEncoding,
};

struct Sound {
  std::int64_t ttl = 0;
  std::string urgency = "normal";
  std::string topic;
  std::string claims;      // JSON of the token; empty without one
  std::string public_key;  // base64url; empty without one
};

struct Checked {
  std::optional<Fault> fault;
  std::string why;
  Sound sound;
};

struct Expected {
  std::string origin;  // "https://localhost:8443"
  std::string pinned;  // base64url of the subscription's VAPID key; empty: any, or none
  std::int64_t now_s = 0;
  Personality personality = Personality::kRfc;
};

Checked check(const upbit_sim::HttpRequest& request, const Expected& expected);

// The answer of a service of that kind to a fault.
upbit_sim::HttpResponse refusal(Fault fault, const std::string& why, Personality personality);
upbit_sim::HttpResponse gone(int status, Personality personality);

}  // namespace everbit::push_sim
