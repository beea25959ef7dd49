#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "net/endpoint_guard.h"
#include "notify/push_type.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::notify {

inline constexpr int kMostSubscriptions = 20;

// What a browser hands over when it subscribes.
struct NewSubscription {
  std::string endpoint;
  std::string p256dh;
  std::string auth;
  std::optional<std::string> user_agent;
  std::optional<std::string> device_tag;
};

struct Subscription {
  Uuid id;
  std::string endpoint_masked;
  std::optional<std::string> user_agent;
  std::optional<std::string> device_tag;
  bool enabled = true;
  Timestamp created_at;
  Timestamp updated_at;
};

struct SubscriptionPage {
  std::vector<Subscription> items;
  std::optional<Uuid> next;  // the last item, when there are more
};

// Which devices are told, and of what. Any thread; what it is made of outlives it.
class Subscriptions {
 public:
  // `vapid_key_id`: of the key that browsers subscribe to; subscriptions to another one are dead.
  Subscriptions(store::Pool& pool, store::OwnerId owner, std::string vapid_key_id)
      : pool_(pool), owner_(owner), key_id_(std::move(vapid_key_id)) {}

  // A known endpoint is enabled again, with the new keys. The endpoint has passed the guard. Code
  // SUBSCRIPTION_LIMIT.
  Result<Subscription> add(const NewSubscription& given, Timestamp now, Deadline deadline);
  // The newest first, behind `after`.
  Result<SubscriptionPage> list(int limit, const std::optional<Uuid>& after, Deadline deadline);
  // Code SUBSCRIPTION_UNKNOWN.
  Result<void> disable(const Uuid& id, Deadline deadline);
  // Those that belong to another VAPID key, which no service would take a message for.
  Result<std::int64_t> disable_foreign(Deadline deadline);

  // What is switched on, every type.
  Result<std::map<PushType, bool>> settings(Deadline deadline);
  Result<void> change(const std::map<PushType, bool>& settings, Deadline deadline);

 private:
  store::Pool& pool_;
  const store::OwnerId owner_;
  const std::string key_id_;
};

// "https://fcm.googleapis.com…gW7fQd": whoever knows the whole can send.
std::string masked(std::string_view endpoint);

// Why the keys of a subscription will not do: the name of the field, "p256dh" or "auth"; empty when
// they are a point of the curve and 16 bytes.
std::string faulty_key(const NewSubscription& given);

}  // namespace everbit::notify
