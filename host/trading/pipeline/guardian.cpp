#include "trading/pipeline/guardian.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/log.h"
#include "base/trace_id.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;
using store::Sql;

constexpr seconds kEvery{1};
constexpr seconds kBudget{5};

constexpr Sql kPositions{R"sql(
  SELECT market, coalesce(strategy_key, '') FROM position
  WHERE owner_id = $1 AND mode = $2 AND status = 'OPEN' ORDER BY market)sql"};

}  // namespace

void Guardian::turn(Timestamp now, const Runs& runs) {
  if (now < look_at_ && now > look_at_ - 2 * kEvery) return;
  look_at_ = now + kEvery;
  const auto positions = unwatched(runs);
  if (!positions) return;
  guarded_.clear();
  for (const Position& position : *positions) guarded_.push_back(position.market);
  tell(*positions);
  std::erase_if(examined_, [this](const auto& entry) {
    return !std::ranges::binary_search(guarded_, entry.first);
  });
  const Timestamp close_time = now.floor_to(parts_.period);
  for (const Position& position : *positions) {
    const auto seen = examined_.find(position.market);
    if (seen != examined_.end() && seen->second >= close_time) continue;
    if (examine(position, close_time)) examined_[position.market] = close_time;
  }
}

Result<std::vector<Guardian::Position>> Guardian::unwatched(const Runs& runs) const {
  auto rows =
      parts_.pool.exec(Deadline::after(kBudget), kPositions, parts_.owner, to_string(parts_.mode));
  if (!rows) return rows.error();
  std::vector<Position> positions;
  for (const store::Row row : *rows) {
    Position position{row.get<std::string>(0), row.get<std::string>(1)};
    if (!runs(position.market, position.strategy_key)) positions.push_back(std::move(position));
  }
  return positions;
}

// Once for each position that loses its strategy.
void Guardian::tell(const std::vector<Position>& positions) {
  std::erase_if(told_, [this](const std::string& market) {
    return !std::ranges::binary_search(guarded_, market);
  });
  const bool all_told = std::ranges::all_of(guarded_, [this](const std::string& market) {
    return std::ranges::find(told_, market) != told_.end();
  });
  if (all_told) return;
  if (auto announced = announce(positions); !announced) {
    log_error("guardian_not_told", {{"error", to_string(announced.error())}});
    return;
  }
  told_ = guarded_;
}

Result<void> Guardian::announce(const std::vector<Position>& positions) {
  JsonWriter payload;
  payload.begin_object().field("mode", to_string(parts_.mode)).key("positions").begin_array();
  for (const Position& position : positions) {
    payload.begin_object()
        .field("market", position.market)
        .field("strategyKey", position.strategy_key)
        .end_object();
    log_critical("position_without_strategy",
                 {{"market", position.market}, {"strategy", position.strategy_key}});
  }
  payload.end_array().end_object();
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return tx.error();
  auto added =
      parts_.outbox.add(*tx, {kSystemEvents, "StrategyDown", "owner", parts_.owner.value(), "", "",
                              TraceId::make().hex(), payload.take(), std::nullopt});
  if (!added) return added.error();
  const auto commit = tx->commit();
  if (!commit.committed()) return commit.error;
  parts_.outbox.committed();
  return {};
}

bool Guardian::examine(const Position& position, Timestamp close_time) {
  const InstanceKey key{parts_.owner, parts_.mode, position.strategy_key, position.market,
                        parts_.timeframe};
  auto tx = store::Transaction::begin(parts_.pool, Deadline::after(kBudget));
  if (!tx) return false;
  const auto view = load_position_view(*tx, key, parts_.period);
  tx->rollback();
  if (!view) return false;
  // The candle of the entry does not count (page 30, section 9).
  if (!view->quantity.is_positive() || close_time.ns() <= view->entry_close) return true;
  const auto stop =
      view->plan ? view->plan->stop_price(view->average_price) : std::optional<Decimal>();
  if (!stop) {
    log_critical("position_without_stop", {{"market", position.market}});
    return true;
  }
  // Of a period without a trade the candle before it tells the price.
  const auto candles = parts_.reader.read(position.market, static_cast<int>(parts_.period.count()),
                                          Timestamp(), close_time, 1);
  if (!candles || candles->empty()) {
    log_error("guardian_has_no_candle", {{"market", position.market}});
    return false;
  }
  const auto close = from_abi(candles->back().close);
  if (!close || *close > *stop) return true;
  const auto guarded = parts_.exits.guard({key, close_time, *close, *stop, TraceId::make().hex()});
  if (!guarded) {
    log_error("guardian_not_stored_yet",
              {{"market", position.market}, {"error", to_string(guarded.error())}});
  }
  return guarded.has_value();
}

}  // namespace everbit::trading
