#include "push-sim/checks.h"

#include <algorithm>
#include <array>

#include "push-sim/crypto.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/json/writer.h"

namespace everbit::push_sim {
namespace {

using upbit_sim::HttpRequest;
using upbit_sim::Json;

constexpr std::int64_t kDay = 24 * 3600;
constexpr std::size_t kMostBody = 4096;
constexpr std::size_t kMostTopic = 32;
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::size_t count(const HttpRequest& request, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(
      request.headers.begin(), request.headers.end(),
      [&](const auto& header) { return upbit_sim::equals_ignoring_case(header.first, name); }));
}

Checked faulty(Fault fault, std::string why) { return {fault, std::move(why), {}}; }

struct Vapid {
  std::string token;
  std::string key;
};

// "vapid t=…, k=…": parameters in any order, others ignored.
std::optional<Vapid> parse_vapid(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos ||
      !upbit_sim::equals_ignoring_case(header.substr(0, space), "vapid")) {
    return std::nullopt;
  }
  Vapid vapid;
  for (std::string part : upbit_sim::split(header.substr(space + 1), ',')) {
    part.erase(0, part.find_first_not_of(' '));
    if (part.starts_with("t=")) vapid.token = part.substr(2);
    if (part.starts_with("k=")) vapid.key = part.substr(2);
  }
  if (vapid.token.empty() || vapid.key.empty()) return std::nullopt;
  return vapid;
}

std::optional<Json> parse_part(std::string_view base64) {
  const auto text = upbit_sim::base64url_decode(base64);
  return text ? Json::parse(*text) : std::nullopt;
}

std::optional<Checked> check_vapid(const HttpRequest& request, const Expected& expected,
                                   Sound& sound) {
  const std::string_view header = request.header("authorization");
  if (header.empty()) {
    if (expected.pinned.empty() && expected.personality == Personality::kRfc) return std::nullopt;
    return faulty(Fault::kNoVapid, "no Authorization");
  }
  const auto vapid = parse_vapid(header);
  if (!vapid) return faulty(Fault::kBadVapid, "not the vapid scheme");
  const auto parts = upbit_sim::split(vapid->token, '.');
  if (parts.size() != 3) return faulty(Fault::kBadVapid, "no JWT");
  const auto head = parse_part(parts[0]);
  const auto claims = parse_part(parts[1]);
  const auto signature = upbit_sim::base64url_decode(parts[2]);
  const auto key = upbit_sim::base64url_decode(vapid->key);
  if (!head || !claims || !signature || !key) return faulty(Fault::kBadVapid, "unreadable JWT");
  if (head->string_at("alg") != "ES256") return faulty(Fault::kBadVapid, "not ES256");
  if (!verify_es256(*key, parts[0] + "." + parts[1], *signature)) {
    return faulty(Fault::kBadVapid, "the signature is wrong");
  }
  if (claims->string_at("aud") != expected.origin) {
    return faulty(Fault::kBadVapid, "aud is not " + expected.origin);
  }
  const Json* exp = claims->find("exp");
  if (exp == nullptr || !exp->is_number()) return faulty(Fault::kBadVapid, "exp is no number");
  const std::int64_t until = claims->integer_at("exp").value_or(0);
  if (until <= expected.now_s || until > expected.now_s + kDay) {
    return faulty(Fault::kBadVapid, "exp is not within a day");
  }
  const std::string subject = claims->string_at("sub").value_or("");
  if (expected.personality == Personality::kApple &&
      (subject.empty() || subject.find_first_of(" <>") != std::string::npos)) {
    return faulty(Fault::kBadVapid, "sub is no address");
  }
  if (!expected.pinned.empty() && vapid->key != expected.pinned) {
    return faulty(Fault::kOtherKey, "not the key of the subscription");
  }
  if (request.body.size() > 86 && request.body.substr(21, 65) == *key) {
    return faulty(Fault::kReusedKey, "the message's key is the VAPID key");
  }
  sound.claims = upbit_sim::base64url_decode(parts[1]).value_or("");
  sound.public_key = vapid->key;
  return std::nullopt;
}

std::optional<Checked> check_headers(const HttpRequest& request, const Expected& expected,
                                     Sound& sound) {
  const std::string_view ttl = request.header("ttl");
  if (ttl.empty()) return faulty(Fault::kNoTtl, "no TTL");
  const bool digits = ttl.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits) return faulty(Fault::kBadTtl, "TTL is no number");
  sound.ttl = upbit_sim::parse_integer(ttl).value_or(2147483648);
  if (const std::string_view urgency = request.header("urgency"); !urgency.empty()) {
    constexpr std::array<std::string_view, 4> kNames{"very-low", "low", "normal", "high"};
    const bool known = std::find(kNames.begin(), kNames.end(), urgency) != kNames.end();
    if ((!known || count(request, "urgency") != 1) &&
        expected.personality != Personality::kMozilla) {
      return faulty(Fault::kBadUrgency, "no such urgency");
    }
    sound.urgency = urgency;
  }
  const std::string_view topic = request.header("topic");
  const bool apple = expected.personality == Personality::kApple;
  if (topic.size() > kMostTopic || topic.find_first_not_of(kBase64Url) != std::string_view::npos ||
      (apple && topic.size() % 4 == 1)) {
    return faulty(Fault::kBadTopic, "the topic is none");
  }
  sound.topic = topic;
  return std::nullopt;
}

}  // namespace

Checked check(const HttpRequest& request, const Expected& expected) {
  Checked good;
  if (auto bad = check_vapid(request, expected, good.sound)) return *bad;
  if (auto bad = check_headers(request, expected, good.sound)) return *bad;
  if (request.body.size() > kMostBody) return faulty(Fault::kTooLarge, "more than 4,096 bytes");
  const bool old_form =
      !request.header("crypto-key").empty() || !request.header("encryption").empty();
  if (!request.body.empty() && (request.header("content-encoding") != "aes128gcm" || old_form)) {
    return faulty(Fault::kBadEncoding, "not aes128gcm");
  }
  return good;
}

namespace {

int status_of(Fault fault, Personality personality) {
  switch (fault) {
    case Fault::kNoVapid:
      return personality == Personality::kApple ? 403 : 401;
    case Fault::kBadVapid:
    case Fault::kOtherKey:
      return personality == Personality::kMozilla ? 401 : 403;
    case Fault::kTooLarge:
      return personality == Personality::kFcm ? 400 : 413;
    default:
      return 400;
  }
}

int mozilla_errno(Fault fault) {
  switch (fault) {
    case Fault::kNoVapid:
    case Fault::kBadVapid:
    case Fault::kOtherKey:
      return 109;
    case Fault::kTooLarge:
      return 104;
    case Fault::kNoTtl:
      return 111;
    case Fault::kBadTtl:
      return 114;
    case Fault::kBadTopic:
      return 113;
    default:
      return 110;
  }
}

std::string_view apple_reason(Fault fault) {
  switch (fault) {
    case Fault::kOtherKey:
      return "VapidPkHashMismatch";
    case Fault::kNoVapid:
    case Fault::kBadVapid:
      return "BadJwtToken";
    case Fault::kTooLarge:
      return "PayloadTooLarge";
    case Fault::kNoTtl:
    case Fault::kBadTtl:
      return "BadTtl";
    case Fault::kBadTopic:
      return "BadWebPushTopic";
    case Fault::kBadUrgency:
      return "BadUrgency";
    default:
      return "BadRequest";
  }
}

upbit_sim::HttpResponse answer(int status, int number, std::string_view reason,
                               const std::string& why, Personality personality) {
  upbit_sim::HttpResponse response;
  response.status = status;
  upbit_sim::JsonWriter json;
  json.open_object();
  if (personality == Personality::kMozilla) {
    json.integer("code", status)
        .integer("errno", number)
        .text("error", reason)
        .text("message", why);
    response.body = json.close_object().take();
  } else if (personality == Personality::kApple) {
    response.body = json.text("reason", reason).close_object().take();
  } else if (personality == Personality::kWns) {
    response.headers.emplace_back("X-WNS-Status", "dropped");
    response.content_type = "text/plain";
  } else {
    response.body = why;
    response.content_type = "text/plain";
  }
  return response;
}

}  // namespace

upbit_sim::HttpResponse refusal(Fault fault, const std::string& why, Personality personality) {
  const std::string_view reason =
      personality == Personality::kApple ? apple_reason(fault) : "Bad Request";
  return answer(status_of(fault, personality), mozilla_errno(fault), reason, why, personality);
}

upbit_sim::HttpResponse gone(int status, Personality personality) {
  const std::string_view reason =
      personality == Personality::kApple ? "Unregistered" : (status == 404 ? "Not Found" : "Gone");
  return answer(status, status == 404 ? 102 : 103, reason, "the subscription is gone", personality);
}

}  // namespace everbit::push_sim
