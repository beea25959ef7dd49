#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.h"
#include "base/trace_id.h"
#include "base/uuid.h"

namespace everbit::events {

// The text of an event, the same bytes on every bus: keys in this order, written once. Absent parts
// are null.
struct Envelope {
  Uuid event_id;
  std::string type;
  Timestamp occurred_at;
  std::optional<TraceId> trace_id;
  std::optional<Uuid> owner_id;
  std::optional<std::string> strategy_key;
  std::optional<std::string> market;
  std::string payload = "{}";  // JSON, taken as it is

  std::string to_json() const;
};

}  // namespace everbit::events
