#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "events/event.h"
#include "everbit/ext/event_bus.h"

// Between the ABI's structs and our values.
namespace everbit::events {

eb_str to_abi(std::string_view text);
eb_bus_event to_abi(const Event& event);
eb_settle to_abi(const Settlement& settlement);
Delivery from_abi(const eb_delivery& delivery);
Error error_of(eb_status status, std::string_view what);

// A sink for deliveries over a function of ours; lives for one call.
class TakeDeliveries {
 public:
  explicit TakeDeliveries(const std::function<void(Delivery&&)>& take) : take_(take) {}
  const eb_delivery_sink* get() const { return &sink_; }

 private:
  static eb_status deliver(void* self, const eb_delivery* delivery);
  const std::function<void(Delivery&&)>& take_;
  eb_delivery_sink sink_{sizeof(eb_delivery_sink), 0, this, &TakeDeliveries::deliver};
};

}  // namespace everbit::events
