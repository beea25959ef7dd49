#include "plugins/known_extensions.h"

#include <array>

#include "everbit/ext/auth.h"
#include "everbit/ext/event_bus.h"
#include "everbit/ext/exchange.h"
#include "everbit/ext/exchange_local.h"
#include "everbit/ext/health.h"
#include "everbit/ext/notifier.h"
#include "everbit/ext/params.h"
#include "everbit/ext/state.h"
#include "everbit/ext/state_migrate.h"
#include "everbit/ext/strategy.h"
#include "everbit/ext/worker.h"
#include "plugins/abi_struct.h"

namespace everbit::plugins {

namespace {

constexpr std::array<KnownExtension, 11> kKnown{{
    {EB_EXT_AUTH, EVERBIT_BASELINE(eb_auth_v1, complete)},
    {EB_EXT_EVENT_BUS, EVERBIT_BASELINE(eb_event_bus_v1, close)},
    {EB_EXT_EXCHANGE, EVERBIT_BASELINE(eb_exchange_v1, round_price)},
    {EB_EXT_EXCHANGE_LOCAL, EVERBIT_BASELINE(eb_exchange_local_v1, revision)},
    {EB_EXT_HEALTH, EVERBIT_BASELINE(eb_health_v1, check)},
    {EB_EXT_NOTIFIER, EVERBIT_BASELINE(eb_notifier_v1, send)},
    {EB_EXT_PARAMS, EVERBIT_BASELINE(eb_params_v1, describe)},
    {EB_EXT_STATE, EVERBIT_BASELINE(eb_state_v1, load)},
    {EB_EXT_STATE_MIGRATE, EVERBIT_BASELINE(eb_state_migrate_v1, migrate)},
    {EB_EXT_STRATEGY, EVERBIT_BASELINE(eb_strategy_v1, history)},
    {EB_EXT_WORKER_PLUGIN, EVERBIT_BASELINE(eb_worker_plugin_v1, work)},
}};

}  // namespace

std::span<const KnownExtension> known_extensions() { return kKnown; }

}  // namespace everbit::plugins
