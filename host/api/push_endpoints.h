#pragma once

#include <string>

#include "api/router.h"
#include "base/clock.h"
#include "notify/sender.h"
#include "notify/subscriptions.h"
#include "plugins/notifier/notifier_plugin.h"

namespace everbit::api {

// What the endpoints work on; outlives the router.
struct PushParts {
  plugins::NotifierPlugin* plugin = nullptr;  // null: no VAPID keys
  notify::Subscriptions& subscriptions;
  notify::Sender& sender;
  const Clock& clock;
  std::string vapid_public_key;
  std::string vapid_key_id;
};

// Page 70: push/subscriptions, push/test, push/vapid-public-key, push/settings.
void add_push_endpoints(Router& router, const PushParts& parts);

}  // namespace everbit::api
