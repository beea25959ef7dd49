#include "cli/own_switch.h"

#include <unistd.h>

#include "store/installation.h"

namespace everbit::cli {
namespace {

// Without a database there is no owner to be had; towards less trading the files are enough.
store::OwnerId owner_of(store::Pool& pool, const Clock& clock, Deadline deadline) {
  const auto owner = store::ensure_owner(pool, clock, deadline);
  return owner ? *owner : store::OwnerId();
}

}  // namespace

OwnSwitch::OwnSwitch(const config::Settings& settings, store::Pool& pool, Deadline deadline)
    : kill_switch_({pool, owner_of(pool, clock_, deadline), flag_,
                    trading::StateFolder(settings.data.dir), clock_, settings.strategy.key}),
      read_(kill_switch_.refresh(deadline)) {}

trading::Actor OwnSwitch::actor() {
  const auto uid = static_cast<std::int64_t>(::getuid());
  return {"cli:" + std::to_string(uid), uid};
}

}  // namespace everbit::cli
