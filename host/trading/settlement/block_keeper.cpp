#include "trading/settlement/block_keeper.h"

#include "base/log.h"
#include "store/trading_transaction.h"
#include "trading/execution/block.h"

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kBudget{5};
constexpr std::size_t kMostUnstored = 8;
constexpr milliseconds kSlack{1000};

constexpr store::Sql kBlocks{R"sql(
  SELECT side, (extract(epoch FROM blocked_until - clock_timestamp()) * 1000)::bigint
  FROM exchange_block WHERE owner_id = $1 AND blocked_until > clock_timestamp())sql"};

}  // namespace

void BlockKeeper::look() {
  for (SeenBlock& block : parts_.gateway.take_blocks()) unstored_.push_back(std::move(block));
  std::erase_if(unstored_, [this](const SeenBlock& block) { return store(block); });
  if (unstored_.size() > kMostUnstored) unstored_.resize(kMostUnstored);
  obey();
}

bool BlockKeeper::store(const SeenBlock& block) {
  store::Locks locks;
  locks.kill_switch = store::RowLock::kUpdate;
  auto tx =
      store::TradingTransaction::begin(parts_.pool, parts_.owner, locks, Deadline::after(kBudget));
  if (!tx) return false;
  auto stored = store_exchange_block(tx->transaction(), parts_.outbox,
                                     {parts_.owner, block.side, block.named, block.body, {}});
  if (!stored || !tx->commit().committed()) return false;
  parts_.outbox.committed();
  return true;
}

void BlockKeeper::obey() {
  auto rows = parts_.pool.exec(Deadline::after(kBudget), kBlocks, parts_.owner);
  if (!rows) return;
  for (const store::Row row : *rows) {
    const auto side =
        row.text(0) == "exchange" ? net::RateSide::kExchange : net::RateSide::kQuotation;
    const SteadyTime until = parts_.clock.steady_now() + milliseconds(row.get<std::int64_t>(1));
    // Never shorter than it is, and not moved by every reading's own delay.
    net::RateLimiter& limiter = parts_.gateway.limiter();
    if (limiter.blocked_until(side) + kSlack < until) limiter.block_side(side, until);
  }
}

}  // namespace everbit::trading
