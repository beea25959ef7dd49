#pragma once

#include "base/result.h"
#include "base/uuid.h"
#include "everbit/ext/event_bus.h"

namespace everbit::events {

// Notes in the handler's transaction that this group has handled the event. False if it had done so
// before: then the handler does nothing. Keeps effects single where a bus delivers twice.
Result<bool> first_delivery(const eb_tx& tx, std::string_view group, const Uuid& event_id);

}  // namespace everbit::events
