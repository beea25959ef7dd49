#include "events/convert.h"

#include <algorithm>

namespace everbit::events {
namespace {

std::string text(eb_str value) {
  return value.ptr == nullptr ? std::string() : std::string(value.ptr, value.len);
}

std::int32_t to_abi(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return EB_SETTLE_DONE;
    case Outcome::kRetry:
      return EB_SETTLE_RETRY;
    case Outcome::kDead:
      return EB_SETTLE_DEAD;
    case Outcome::kRelease:
      return EB_SETTLE_RELEASE;
  }
  return 0;
}

std::string code_of(eb_status status) {
  switch (status) {
    case EB_ERR_LOST_LEASE:
      return "BUS_LOST_LEASE";
    case EB_ERR_CLOSED:
      return "BUS_CLOSED";
    case EB_ERR_DUPLICATE:
      return "BUS_DUPLICATE";
    case EB_ERR_NOT_FOUND:
      return "BUS_NOT_FOUND";
    case EB_ERR_UNSUPPORTED:
      return "BUS_UNSUPPORTED";
    case EB_ERR_ARGUMENT:
      return "BUS_ARGUMENT";
    case EB_ERR_TX_LOST:
      return "BUS_TX_LOST";
    default:
      break;
  }
  return EB_STATUS_CLASS(status) == -400 ? "BUS_IO"
                                         : "BUS_" + std::to_string(-std::int64_t{status});
}

}  // namespace

eb_str to_abi(std::string_view value) { return {value.data(), value.size()}; }

eb_bus_event to_abi(const Event& event) {
  eb_bus_event out{};
  out.size = sizeof out;
  std::copy(event.id.bytes().begin(), event.id.bytes().end(), out.event_id);
  out.stream = to_abi(event.stream);
  out.type = to_abi(event.type);
  out.aggregate_type = to_abi(event.aggregate_type);
  out.key = to_abi(event.key);
  out.payload = to_abi(event.payload);
  out.aggregate_id = event.aggregate_id;
  out.not_before = event.not_before ? event.not_before->ns() : 0;
  out.max_attempts = event.max_attempts;
  return out;
}

eb_settle to_abi(const Settlement& settlement) {
  eb_settle out{};
  out.size = sizeof out;
  out.outcome = to_abi(settlement.outcome);
  out.seq = settlement.delivery->seq;
  out.token = settlement.delivery->token;
  out.epoch = settlement.delivery->epoch;
  out.lane = settlement.delivery->lane;
  out.retry_at = settlement.retry_at ? settlement.retry_at->ns() : 0;
  out.code = to_abi(settlement.code);
  out.message = to_abi(settlement.message);
  return out;
}

Delivery from_abi(const eb_delivery& delivery) {
  Delivery out;
  const eb_bus_event& event = delivery.event;
  Uuid::Bytes id{};
  std::copy(std::begin(event.event_id), std::end(event.event_id), id.begin());
  out.event.id = Uuid(id);
  out.event.stream = text(event.stream);
  out.event.type = text(event.type);
  out.event.aggregate_type = text(event.aggregate_type);
  out.event.key = text(event.key);
  out.event.payload = text(event.payload);
  out.event.aggregate_id = event.aggregate_id;
  out.event.max_attempts = event.max_attempts;
  out.seq = delivery.seq;
  out.token = delivery.token;
  out.epoch = delivery.epoch;
  out.lane = delivery.lane;
  out.attempt = delivery.attempt;
  out.published = Timestamp::from_ns(delivery.published);
  out.lease_until = Timestamp::from_ns(delivery.lease_until);
  if (EB_HAS(&delivery, error_message)) {
    out.error_code = text(delivery.error_code);
    out.error_message = text(delivery.error_message);
  }
  return out;
}

Error error_of(eb_status status, std::string_view what) {
  return Error(code_of(status), "status " + std::to_string(status), std::string(what));
}

eb_status TakeDeliveries::deliver(void* self, const eb_delivery* delivery) {
  if (delivery == nullptr || !EB_HAS(delivery, lease_until)) return EB_ERR_ARGUMENT;
  try {
    static_cast<TakeDeliveries*>(self)->take_(from_abi(*delivery));
    return EB_OK;
  } catch (const std::exception&) {
    return EB_ERR_INTERNAL;
  }
}

}  // namespace everbit::events
