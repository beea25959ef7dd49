#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "notify/notification.h"
#include "plugins/notifier/notifier_plugin.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::notify {

struct SendCount {
  int requested = 0;
  int delivered = 0;
  int failed = 0;
};

// Sends notifications, each event's at most once to a device, however often the bus brings it and
// wherever a crash falls: notification_log is claimed before the first send, notification_delivery
// says of each device that it was answered, and a claim of a process that died is taken over after
// a minute. Devices are asked one after another, so that a crash can repeat at most one push.
//
// Any thread; what it is made of outlives it.
class Sender {
 public:
  struct Parts {
    store::Pool& pool;
    store::OwnerId owner;
    const Clock& clock;
    plugins::NotifierPlugin* plugin = nullptr;  // null: nobody is told
  };
  explicit Sender(Parts parts) : parts_(parts) {}

  // Empty: done, or done before. Else when to come back, as another claim is younger than a minute.
  Result<std::optional<Timestamp>> send(const ToldEvent& event,
                                        const std::optional<Notification>& notification);

  // To every enabled device at once, noted nowhere.
  Result<SendCount> send_test(const Notification& notification);

 private:
  struct Target {
    std::int64_t id;
    plugins::Push push;
  };
  enum class Claimed { kOurs, kDone, kOthers };
  struct Claim {
    Claimed state;
    std::int64_t log = 0;
    Timestamp at;
  };

  Result<Claim> claim(const ToldEvent& event);
  Result<void> finish(std::int64_t log);
  // The type as which it goes out; empty: switched off.
  Result<std::optional<PushType>> enabled_type(const Notification& notification);
  Result<std::vector<Target>> targets(std::int64_t log);
  Result<void> send_to(std::int64_t log, const Target& target);
  Result<void> note(std::int64_t log, const Target& target, const plugins::PushAnswer& answer);
  Result<void> apply(const Target& target, const plugins::PushAnswer& answer);
  Timestamp rest_until(std::int64_t subscription, const plugins::PushAnswer& answer);

  const Parts parts_;
  std::mutex mutex_;
  // How long a service that did not say was left alone the last time.
  std::map<std::int64_t, std::chrono::seconds> rests_;
};

}  // namespace everbit::notify
