#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "notify/push_type.h"

namespace everbit::notify {

// An event of the bus, as far as a notification needs it.
struct ToldEvent {
  Uuid id;
  std::string type;
  Timestamp occurred_at;
  std::string strategy_key;  // empty: none
  std::string market;        // empty: none
  std::string payload;       // a JSON object
};
// From the text of an envelope. Code EVENT_UNREADABLE.
Result<ToldEvent> parse_event(std::string_view envelope);

// What the database knows of an order that the event names by its uuid.
struct OrderFacts {
  std::string strategy_key;
  std::string side;         // BUY, SELL
  std::string intent_type;  // of the six
  std::string mode;
  std::optional<std::string> requested_krw;  // without trailing zeros
  std::optional<std::string> requested_volume;
};

// What the owner is told.
struct Notification {
  PushType type = PushType::kOrderAccepted;
  // What it is when the owner switched `type` off, but not this one.
  std::optional<PushType> otherwise;
  std::string title;
  std::string body;
  std::string deep_link;
  std::string data = "{}";  // JSON object
  std::string subject;      // a state, of which a later message replaces the earlier; may be empty
};

// Empty: nobody is told of this event. `order` is that of upbit_uuid_of(), if there is one.
std::optional<Notification> compose(const ToldEvent& event, const std::optional<OrderFacts>& order);
// The order that the event names; empty: none.
std::string upbit_uuid_of(const ToldEvent& event);

// The text that is sent (page 70), at most 3,993 bytes: a body too long is cut.
std::string payload_of(const Uuid& event_id, Timestamp occurred_at, PushType type,
                       const Notification& notification);

}  // namespace everbit::notify
