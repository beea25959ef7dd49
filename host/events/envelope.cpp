#include "events/envelope.h"

#include "base/json_writer.h"

namespace everbit::events {

std::string Envelope::to_json() const {
  JsonWriter json;
  json.begin_object().field("schemaVersion", 1).field("eventId", event_id).field("type", type);
  json.field("occurredAt", occurred_at).key("traceId");
  if (trace_id) {
    json.value(trace_id->hex());
  } else {
    json.null();
  }
  json.field("ownerId", owner_id).field("strategyKey", strategy_key).field("market", market);
  json.key("payload").raw(payload).end_object();
  return json.take();
}

}  // namespace everbit::events
