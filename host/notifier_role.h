#pragma once

#include <memory>

#include "base/clock.h"
#include "base/uuid.h"
#include "config/settings.h"
#include "events/bus.h"
#include "net/io_threads.h"
#include "notify/notification_consumer.h"
#include "notify/sender.h"
#include "notify/subscriptions.h"
#include "plugins/notifier/notifier_plugin.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit {

// Telling the owner: the notifier plugin, the devices, and in the role notifier the consumer of
// events. Without the VAPID keys there is no plugin, events are noted as told to nobody, and no
// device can subscribe. Owned by the application.
class NotifierRole {
 public:
  struct Parts {
    const config::Settings& settings;
    const Clock& clock;
    store::Pool& pool;
    store::OwnerId owner;
    events::Bus& bus;
    net::IoThreads& io;
    net::IoThreads& strands;
  };

  // Codes: those of NotifierPlugin and of the bus.
  static Result<std::unique_ptr<NotifierRole>> start(Parts parts);
  // Takes no more events; waits for what is in hand.
  void stop(Deadline deadline);

  // Null without the VAPID keys.
  plugins::NotifierPlugin* plugin() { return plugin_.get(); }
  notify::Subscriptions& subscriptions() { return *subscriptions_; }
  notify::Sender& sender() { return *sender_; }
  // What browsers subscribe to, base64url, and its short name; empty without keys.
  const std::string& vapid_public_key() const { return vapid_public_key_; }
  const std::string& vapid_key_id() const { return vapid_key_id_; }

 private:
  NotifierRole() = default;
  Result<void> load_plugin(const Parts& parts);

  std::string vapid_public_key_;
  std::string vapid_key_id_;
  std::unique_ptr<plugins::NotifierPlugin> plugin_;
  std::unique_ptr<notify::Subscriptions> subscriptions_;
  std::unique_ptr<notify::Sender> sender_;
  std::unique_ptr<notify::NotificationConsumer> consumer_;
};

}  // namespace everbit
