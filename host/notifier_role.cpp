#include "notifier_role.h"

#include "base/log.h"
#include "notify/digest.h"
#include "plugins/listed_plugins.h"

namespace everbit {
namespace {

constexpr std::chrono::seconds kBudget{5};
constexpr std::size_t kKeyIdSize = 16;

plugins::NotifierPlugin::Options options_of(const config::PushSettings& push) {
  plugins::NotifierPlugin::Options options;
  options.id = push.plugin;
  options.params = {{"vapid_subject", std::string(push.vapid_subject.reveal())},
                    {"vapid_public_key", std::string(push.vapid_public_key.reveal())},
                    {"vapid_private_key", std::string(push.vapid_private_key.reveal())}};
  options.ca_file = push.ca_file.string();
  options.guard = {push.allowed_hosts, push.test_entries};
  return options;
}

}  // namespace

Result<std::unique_ptr<NotifierRole>> NotifierRole::start(Parts parts) {
  std::unique_ptr<NotifierRole> role(new NotifierRole);
  if (parts.settings.push.has_keys()) {
    if (auto loaded = role->load_plugin(parts); !loaded) return loaded.error();
  } else {
    log_warn("nobody_is_told", {{"secret", "VAPID_PRIVATE_KEY"}});
  }
  role->subscriptions_ =
      std::make_unique<notify::Subscriptions>(parts.pool, parts.owner, role->vapid_key_id_);
  role->sender_ = std::make_unique<notify::Sender>(
      notify::Sender::Parts{parts.pool, parts.owner, parts.clock, role->plugin_.get()});
  if (!parts.settings.has_role(config::Role::kNotifier)) return role;
  if (role->plugin_) {
    const auto foreign = role->subscriptions_->disable_foreign(Deadline::after(kBudget));
    if (!foreign) return foreign.error();
    if (*foreign != 0) log_warn("subscriptions_of_another_vapid_key", {{"disabled", *foreign}});
  }
  auto consumer =
      notify::NotificationConsumer::start(parts.bus, parts.pool, parts.owner, *role->sender_);
  if (!consumer) return consumer.error();
  role->consumer_ = std::move(*consumer);
  return role;
}

Result<void> NotifierRole::load_plugin(const Parts& parts) {
  const config::PushSettings& push = parts.settings.push;
  auto listed = plugins::ListedPlugins::open(parts.settings.plugins);
  if (!listed) return listed.error();
  auto plugin = plugins::NotifierPlugin::start(**listed, options_of(push), parts.clock, parts.io,
                                               parts.strands);
  if (!plugin) return plugin.error();
  plugin_ = std::move(*plugin);
  vapid_public_key_ = push.vapid_public_key.reveal();
  vapid_key_id_ = notify::short_digest(vapid_public_key_, kKeyIdSize);
  return {};
}

void NotifierRole::stop(Deadline deadline) {
  if (consumer_) consumer_->stop(deadline);
}

}  // namespace everbit
