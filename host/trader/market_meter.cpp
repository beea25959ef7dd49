#include "trader/market_meter.h"

#include <string>

#include "base/metric_names.h"

namespace everbit {
namespace {

constexpr store::Sql kStates{R"sql(
  SELECT market, trade_status FROM market_state WHERE owner_id = $1)sql"};

}  // namespace

Result<void> measure_markets(store::Pool& pool, store::OwnerId owner, Metrics& metrics,
                             Deadline deadline) {
  auto rows = pool.exec(deadline, kStates, owner);
  if (!rows) return rows.error();
  for (const store::Row row : *rows) {
    const auto market = row.get<std::string>(0);
    for (const char* state : {"ACTIVE", "SUSPENDED"}) {
      metrics.gauge(metric::kMarketState, {{"market", market}, {"state", state}})
          .set(row.text(1) == state ? 1 : 0);
    }
  }
  return {};
}

}  // namespace everbit
