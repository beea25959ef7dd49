#include "trading/gateway/stored_blocks.h"

namespace everbit::trading {
namespace {

using store::Sql;

constexpr Sql kBlock{R"sql(
  INSERT INTO exchange_block AS b (owner_id, side, blocked_until, seen_body_hash, count)
  VALUES ($1, $2, now() + make_interval(secs => CASE WHEN $3::int > 0 THEN $3::int ELSE 60 END),
          encode(sha256($4), 'hex'), 1)
  ON CONFLICT (owner_id, side) DO UPDATE
  SET count = CASE WHEN b.blocked_until < now() - interval '1 day' THEN 1 ELSE b.count + 1 END,
      seen_body_hash = excluded.seen_body_hash,
      blocked_until = greatest(b.blocked_until, now() + make_interval(
        secs => CASE WHEN $3::int > 0 THEN $3::int
                     WHEN b.blocked_until < now() - interval '1 day' THEN 60
                     ELSE 60 * (2 ^ least(b.count, 10)) END))
  RETURNING blocked_until)sql"};

constexpr Sql kBlockedFor{R"sql(
  SELECT side, extract(epoch FROM blocked_until - now())::float8 FROM exchange_block
  WHERE owner_id = $1 AND blocked_until > now())sql"};

}  // namespace

std::string_view to_string(net::RateSide side) {
  return side == net::RateSide::kExchange ? "exchange" : "quotation";
}

Result<Timestamp> write_block(store::Transaction& tx, store::OwnerId owner, net::RateSide side,
                              std::chrono::seconds named, std::string_view body) {
  const store::Bytes bytes{{reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}};
  auto blocked = tx.exec(kBlock, owner, to_string(side), named.count(), bytes);
  if (!blocked) return blocked.error();
  return blocked->front().get<Timestamp>(0);
}

Result<void> obey_stored_blocks(store::Pool& pool, store::OwnerId owner, const Clock& clock,
                                net::RateLimiter& limiter, Deadline deadline) {
  auto blocks = pool.exec(deadline, kBlockedFor, owner);
  if (!blocks) return blocks.error();
  for (const store::Row row : *blocks) {
    const auto left = std::chrono::duration<double>(row.get<double>(1));
    limiter.block_side(
        row.text(0) == to_string(net::RateSide::kExchange) ? net::RateSide::kExchange
                                                           : net::RateSide::kQuotation,
        clock.steady_now() + std::chrono::duration_cast<std::chrono::milliseconds>(left));
  }
  return {};
}

}  // namespace everbit::trading
