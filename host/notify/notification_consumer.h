#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "events/bus.h"
#include "events/dispatcher.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::notify {

// The group notification: takes every event of the trade, system and back-test streams once
// (notification_log) and hands it to the subscriptions there are. Without a notifier plugin there
// are none: the event is noted as delivered to nobody. One object, owned by the application.
class NotificationConsumer {
 public:
  static Result<std::unique_ptr<NotificationConsumer>> start(events::Bus& bus, store::Pool& pool,
                                                             store::OwnerId owner,
                                                             const Clock& clock);
  // Waits for what is in hand.
  void stop(Deadline deadline);

 private:
  NotificationConsumer() = default;
  std::vector<std::unique_ptr<events::Dispatcher>> dispatchers_;
};

}  // namespace everbit::notify
