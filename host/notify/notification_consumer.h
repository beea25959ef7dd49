#pragma once

#include <memory>
#include <vector>

#include "events/bus.h"
#include "events/dispatcher.h"
#include "notify/sender.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::notify {

// The group notification: takes every event of the trade, system and back-test streams and has the
// sender tell of those that the owner is told of. A push that fails is nobody's concern: only the
// database can hold an event up. One object, owned by the application; its parts outlive it.
class NotificationConsumer {
 public:
  static Result<std::unique_ptr<NotificationConsumer>> start(events::Bus& bus, store::Pool& pool,
                                                             store::OwnerId owner, Sender& sender);
  // Waits for what is in hand.
  void stop(Deadline deadline);

 private:
  NotificationConsumer() = default;
  std::vector<std::unique_ptr<events::Dispatcher>> dispatchers_;
};

}  // namespace everbit::notify
