#include "notify/subscriptions.h"

#include "store/transaction.h"

namespace everbit::notify {
namespace {

using store::Sql;

// One writer at a time, so that the limit holds.
constexpr Sql kLockOwner{R"sql(SELECT 1 FROM app_user WHERE id = $1 FOR UPDATE)sql"};

constexpr Sql kOthers{R"sql(
  SELECT count(*) FROM push_subscription
  WHERE owner_id = $1 AND enabled AND endpoint <> $2)sql"};

constexpr Sql kAdd{R"sql(
  INSERT INTO push_subscription AS s (public_id, owner_id, endpoint, p256dh, auth, vapid_key_id,
                                      user_agent, device_tag)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (owner_id, endpoint) DO UPDATE
  SET p256dh = excluded.p256dh, auth = excluded.auth, vapid_key_id = excluded.vapid_key_id,
      user_agent = coalesce(excluded.user_agent, s.user_agent),
      device_tag = coalesce(excluded.device_tag, s.device_tag),
      enabled = true, not_before = NULL, last_error = NULL
  RETURNING public_id, endpoint, user_agent, device_tag, enabled, created_at, updated_at)sql"};

constexpr Sql kList{R"sql(
  SELECT public_id, endpoint, user_agent, device_tag, enabled, created_at, updated_at
  FROM push_subscription
  WHERE owner_id = $1
    AND ($2::uuid IS NULL OR (created_at, id) <
         (SELECT created_at, id FROM push_subscription WHERE public_id = $2 AND owner_id = $1))
  ORDER BY created_at DESC, id DESC LIMIT $3)sql"};

constexpr Sql kDisable{R"sql(
  UPDATE push_subscription SET enabled = false WHERE owner_id = $1 AND public_id = $2)sql"};

constexpr Sql kDisableForeign{R"sql(
  UPDATE push_subscription SET enabled = false, last_error = 'VAPID_KEY_CHANGED'
  WHERE owner_id = $1 AND enabled AND vapid_key_id <> $2)sql"};

constexpr Sql kSettings{R"sql(SELECT type, enabled FROM push_setting WHERE owner_id = $1)sql"};

constexpr Sql kChange{R"sql(
  INSERT INTO push_setting (owner_id, type, enabled) VALUES ($1, $2, $3)
  ON CONFLICT (owner_id, type) DO UPDATE SET enabled = excluded.enabled)sql"};

Subscription subscription_of(const store::Row& row) {
  return {row.get<Uuid>(0),
          masked(row.text(1)),
          row.get<std::optional<std::string>>(2),
          row.get<std::optional<std::string>>(3),
          row.get<bool>(4),
          row.get<Timestamp>(5),
          row.get<Timestamp>(6)};
}

}  // namespace

Result<Subscription> Subscriptions::add(const NewSubscription& given, Timestamp now,
                                        Deadline deadline) {
  auto tx = store::Transaction::begin(pool_, deadline);
  if (!tx) return tx.error();
  if (auto locked = tx->exec(kLockOwner, owner_); !locked) return locked.error();
  auto others = tx->exec(kOthers, owner_, given.endpoint);
  if (!others) return others.error();
  if (others->front().get<std::int64_t>(0) >= kMostSubscriptions) {
    return Error("SUBSCRIPTION_LIMIT", "there are as many subscriptions as may be");
  }
  auto added = tx->exec(kAdd, Uuid::make_v7(now), owner_, given.endpoint, given.p256dh, given.auth,
                        key_id_, given.user_agent, given.device_tag);
  if (!added) return added.error();
  Subscription subscription = subscription_of(added->front());
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  return subscription;
}

Result<SubscriptionPage> Subscriptions::list(int limit, const std::optional<Uuid>& after,
                                             Deadline deadline) {
  auto rows = pool_.exec(deadline, kList, owner_, after, limit + 1);
  if (!rows) return rows.error();
  SubscriptionPage page;
  for (const store::Row row : *rows) {
    if (static_cast<int>(page.items.size()) == limit) {
      page.next = page.items.back().id;
      break;
    }
    page.items.push_back(subscription_of(row));
  }
  return page;
}

Result<void> Subscriptions::disable(const Uuid& id, Deadline deadline) {
  auto disabled = pool_.exec(deadline, kDisable, owner_, id);
  if (!disabled) return disabled.error();
  if (disabled->affected() == 0) return Error("SUBSCRIPTION_UNKNOWN", "there is no such one");
  return {};
}

Result<std::int64_t> Subscriptions::disable_foreign(Deadline deadline) {
  auto disabled = pool_.exec(deadline, kDisableForeign, owner_, key_id_);
  if (!disabled) return disabled.error();
  return static_cast<std::int64_t>(disabled->affected());
}

Result<std::map<PushType, bool>> Subscriptions::settings(Deadline deadline) {
  auto rows = pool_.exec(deadline, kSettings, owner_);
  if (!rows) return rows.error();
  std::map<PushType, bool> all;
  for (const PushType type : kPushTypes) all[type] = true;
  for (const store::Row row : *rows) {
    if (const auto type = parse_push_type(row.text(0))) all[*type] = row.get<bool>(1);
  }
  return all;
}

Result<void> Subscriptions::change(const std::map<PushType, bool>& settings, Deadline deadline) {
  auto tx = store::Transaction::begin(pool_, deadline);
  if (!tx) return tx.error();
  for (const auto& [type, enabled] : settings) {
    if (auto changed = tx->exec(kChange, owner_, to_string(type), enabled); !changed) {
      return changed.error();
    }
  }
  if (const auto commit = tx->commit(); !commit.committed()) return commit.error;
  return {};
}

}  // namespace everbit::notify
