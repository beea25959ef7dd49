#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "upbit-sim/base/random.h"
#include "upbit-sim/base/time.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/json/writer.h"
#include "upbit-sim/rest/render.h"

namespace everbit::upbit_sim {

enum class FaultAction {
  kNone,  // delays and spellings only
  // REST
  kCutBefore,     // not handled; the connection is reset
  kCutAfter,      // handled; the connection is reset instead of an answer
  kHangBefore,    // not handled, never answered
  kHangAfter,     // handled, never answered
  kRespond,       // not handled; `status` and `body` instead
  kRespondAfter,  // handled; `status` and `body` instead of the real answer
  kTruncate,      // handled; the body stops in the middle
  kCutWithin,     // handled; the connection is reset in the middle of the body
  // WebSocket
  kDrop,
  kDuplicate,
  kDiffer,  // sent, and then once more with another number in it
  kReorder,
  kReset,
  kClose,
  kMalformed,
  kHuge,
  kWrongType
};

// One rule of the control port: what it matches, how often, and what it does.
struct Fault {
  std::int64_t id = 0;
  bool websocket = false;
  std::string method;       // REST; empty matches all, as below
  std::string path;         // REST: "/v1/orders", or a prefix ending in '*'
  std::string group;        // REST: rate-limit group
  std::string type;         // WS: myOrder, trade, candle.1m …; a prefix may end in '*'
  std::string state;        // WS myOrder: wait, trade, done, cancel, prevented
  std::string market;       // WS: code
  std::int64_t skip = 0;    // matches to let pass first
  std::int64_t count = -1;  // then how many to hit; -1: all
  double probability = 1.0;
  FaultAction action = FaultAction::kNone;
  Millis delay_before = 0;  // REST: before handling
  Millis delay_after = 0;   // REST: before answering; WS: before sending
  Millis delay_within = 0;  // REST: in the middle of the body
  int status = 500;
  std::optional<std::string> body;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;  // of `respond` and `respond_after`
  Spelling spelling;
  bool changes_spelling = false;
  std::int64_t repeat = 1;  // WS duplicate: how many extra copies
  std::int64_t bytes = 0;   // WS huge: size of the frame
  std::int64_t hits = 0;
};

struct RestEvent {
  std::string_view method, path, group;
};
struct StreamEvent {
  std::string_view type, market, state;
};

// The rules in force, in the order they were added: the first that matches decides. One thread.
class Faults {
 public:
  // An error text, or the id of the new rule.
  std::variant<std::int64_t, std::string> add(const Json& rule);
  bool remove(std::int64_t id);
  void clear() { rules_.clear(); }
  void write(JsonWriter& out) const;

  std::optional<Fault> match(const RestEvent& event);
  std::optional<Fault> match(const StreamEvent& event);

 private:
  struct Rule {
    Fault fault;
    Random random;
  };
  bool fire(Rule& rule);

  std::list<Rule> rules_;
  std::int64_t next_id_ = 1;
};

}  // namespace everbit::upbit_sim
