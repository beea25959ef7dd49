#include "upbit-sim/control/faults.h"

#include <algorithm>
#include <array>
#include <utility>

namespace everbit::upbit_sim {
namespace {

struct ActionName {
  std::string_view name;
  FaultAction action;
  bool websocket;
};

constexpr std::array kActions{ActionName{"cut_before", FaultAction::kCutBefore, false},
                              ActionName{"cut_after", FaultAction::kCutAfter, false},
                              ActionName{"hang_before", FaultAction::kHangBefore, false},
                              ActionName{"hang_after", FaultAction::kHangAfter, false},
                              ActionName{"respond", FaultAction::kRespond, false},
                              ActionName{"respond_after", FaultAction::kRespondAfter, false},
                              ActionName{"truncate", FaultAction::kTruncate, false},
                              ActionName{"cut_within", FaultAction::kCutWithin, false},
                              ActionName{"drop", FaultAction::kDrop, true},
                              ActionName{"duplicate", FaultAction::kDuplicate, true},
                              ActionName{"differ", FaultAction::kDiffer, true},
                              ActionName{"reorder", FaultAction::kReorder, true},
                              ActionName{"reset", FaultAction::kReset, true},
                              ActionName{"close", FaultAction::kClose, true},
                              ActionName{"malformed", FaultAction::kMalformed, true},
                              ActionName{"huge", FaultAction::kHuge, true},
                              ActionName{"wrong_type", FaultAction::kWrongType, true}};

constexpr std::array<std::string_view, 26> kKeys{"on",
                                                 "method",
                                                 "path",
                                                 "group",
                                                 "type",
                                                 "state",
                                                 "market",
                                                 "skip",
                                                 "count",
                                                 "seed",
                                                 "probability",
                                                 "action",
                                                 "status",
                                                 "delay_before_ms",
                                                 "delay_after_ms",
                                                 "delay_within_ms",
                                                 "headers",
                                                 "body",
                                                 "content_type",
                                                 "error",
                                                 "numbers",
                                                 "nulls",
                                                 "repeat",
                                                 "bytes",
                                                 "seconds",
                                                 "id"};

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  if (pattern.back() == '*') return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

std::string_view name_of(FaultAction action) {
  for (const ActionName& candidate : kActions) {
    if (candidate.action == action) return candidate.name;
  }
  return "none";
}

std::optional<std::string> unknown_key(const Json& rule) {
  for (const auto& [key, value] : rule.members()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) return key;
  }
  return std::nullopt;
}

// `error`: {"name":…,"message":…} as the exchange would say it; `seconds`: a 418 that names them.
void read_body(const Json& rule, Fault& fault) {
  fault.body = rule.string_at("body");
  if (const Json* headers = rule.find("headers"); headers != nullptr) {
    for (const auto& [name, value] : headers->members()) {
      fault.headers.emplace_back(name, value.text());
    }
  }
  if (const Json* error = rule.find("error"); error != nullptr) {
    fault.body = exchange_error({fault.status, error->string_at("name").value_or("internal"),
                                 error->string_at("message").value_or("")})
                     .body;
  }
  if (const auto seconds = rule.integer_at("seconds")) {
    fault.body = exchange_error({fault.status, "too_many_requests",
                                 "요청이 차단되었습니다. " + std::to_string(*seconds) +
                                     "초 후 다시 시도해주세요."})
                     .body;
  }
}

std::optional<std::string> read_spelling(const Json& rule, Fault& fault) {
  const auto numbers = rule.string_at("numbers");
  if (numbers == "plain")
    fault.spelling.numbers = NumberStyle::kPlain;
  else if (numbers == "point")
    fault.spelling.numbers = NumberStyle::kPoint;
  else if (numbers == "exponent")
    fault.spelling.numbers = NumberStyle::kExponent;
  else if (numbers)
    return "numbers must be plain, point or exponent";
  const auto nulls = rule.string_at("nulls");
  if (nulls && *nulls != "explicit" && *nulls != "omitted") {
    return "nulls must be explicit or omitted";
  }
  fault.spelling.explicit_nulls = nulls == "explicit";
  fault.changes_spelling = numbers.has_value() || nulls.has_value();
  return std::nullopt;
}

std::optional<std::string> read_action(const Json& rule, Fault& fault) {
  const auto name = rule.string_at("action");
  if (!name || *name == "none" || *name == "delay") return std::nullopt;
  for (const ActionName& candidate : kActions) {
    if (candidate.name == *name && candidate.websocket == fault.websocket) {
      fault.action = candidate.action;
      return std::nullopt;
    }
  }
  return "no action '" + *name + "' on " + (fault.websocket ? "ws" : "rest");
}

}  // namespace

std::variant<std::int64_t, std::string> Faults::add(const Json& rule) {
  if (!rule.is_object()) return "a fault is a JSON object";
  if (const auto key = unknown_key(rule)) return "unknown key '" + *key + "'";
  const std::string on = rule.string_at("on").value_or("rest");
  if (on != "rest" && on != "ws") return "on must be rest or ws";
  Fault fault;
  fault.id = next_id_++;
  fault.websocket = on == "ws";
  fault.method = rule.string_at("method").value_or("");
  fault.path = rule.string_at("path").value_or("");
  fault.group = rule.string_at("group").value_or("");
  fault.type = rule.string_at("type").value_or("");
  fault.state = rule.string_at("state").value_or("");
  fault.market = rule.string_at("market").value_or("");
  fault.skip = rule.integer_at("skip").value_or(0);
  fault.count = rule.integer_at("count").value_or(-1);
  fault.probability = rule.double_at("probability").value_or(1.0);
  fault.delay_before = rule.integer_at("delay_before_ms").value_or(0);
  fault.delay_after = rule.integer_at("delay_after_ms").value_or(0);
  fault.delay_within = rule.integer_at("delay_within_ms").value_or(0);
  fault.status = static_cast<int>(rule.integer_at("status").value_or(500));
  fault.content_type = rule.string_at("content_type").value_or(fault.content_type);
  fault.repeat = rule.integer_at("repeat").value_or(1);
  fault.bytes = std::clamp<std::int64_t>(rule.integer_at("bytes").value_or(1 << 20), 0, 32 << 20);
  if (auto problem = read_action(rule, fault)) return *problem;
  if (auto problem = read_spelling(rule, fault)) return *problem;
  if (fault.status < 200 || fault.status > 599) return "status must be 200 … 599";
  read_body(rule, fault);
  const auto seed = static_cast<std::uint64_t>(rule.integer_at("seed").value_or(1));
  rules_.push_back({std::move(fault), Random(seed)});
  return rules_.back().fault.id;
}

bool Faults::remove(std::int64_t id) {
  return rules_.remove_if([id](const Rule& rule) { return rule.fault.id == id; }) > 0;
}

bool Faults::fire(Rule& rule) {
  Fault& fault = rule.fault;
  if (fault.count == 0) return false;
  if (fault.probability < 1.0 && rule.random.uniform() >= fault.probability) return false;
  if (fault.skip > 0) {
    --fault.skip;
    return false;
  }
  if (fault.count > 0) --fault.count;
  ++fault.hits;
  return true;
}

std::optional<Fault> Faults::match(const RestEvent& event) {
  for (Rule& rule : rules_) {
    const Fault& fault = rule.fault;
    if (!fault.websocket && matches(fault.method, event.method) &&
        matches(fault.path, event.path) && matches(fault.group, event.group) && fire(rule)) {
      return fault;
    }
  }
  return std::nullopt;
}

std::optional<Fault> Faults::match(const StreamEvent& event) {
  for (Rule& rule : rules_) {
    const Fault& fault = rule.fault;
    if (fault.websocket && matches(fault.type, event.type) && matches(fault.state, event.state) &&
        matches(fault.market, event.market) && fire(rule)) {
      return fault;
    }
  }
  return std::nullopt;
}

void Faults::write(JsonWriter& out) const {
  out.open_array();
  for (const Rule& rule : rules_) {
    const Fault& fault = rule.fault;
    out.open_object().integer("id", fault.id).text("on", fault.websocket ? "ws" : "rest");
    out.text("action", name_of(fault.action)).text("method", fault.method);
    out.text("path", fault.path).text("group", fault.group).text("type", fault.type);
    out.text("state", fault.state).text("market", fault.market);
    out.integer("skip", fault.skip).integer("count", fault.count).integer("hits", fault.hits);
    out.close_object();
  }
  out.close_array();
}

}  // namespace everbit::upbit_sim
