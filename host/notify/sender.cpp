#include "notify/sender.h"

#include <algorithm>

#include "base/log.h"
#include "notify/digest.h"

namespace everbit::notify {
namespace {

using plugins::PushAnswer;
using std::chrono::seconds;
using store::Sql;

constexpr seconds kBudget{5};
constexpr seconds kSendBudget{12};
constexpr std::chrono::minutes kTooOld{10};
constexpr seconds kClaimHolds{60};
constexpr seconds kFirstRest{60};
constexpr seconds kLongestRest{3600};
constexpr std::size_t kTopicSize = 32;
constexpr std::size_t kNamedInLogs = 16;

// The database's clock judges all claims, whoever made them.
constexpr Sql kClaim{R"sql(
  INSERT INTO notification_log AS l (owner_id, event_id, type, status, claimed_at)
  VALUES ($1, $2, $3, 'PENDING', now())
  ON CONFLICT (owner_id, event_id) DO UPDATE SET claimed_at = now()
  WHERE l.status = 'PENDING' AND l.claimed_at <= now() - make_interval(secs => $4)
  RETURNING id)sql"};

constexpr Sql kFind{R"sql(
  SELECT id, status, claimed_at FROM notification_log WHERE owner_id = $1 AND event_id = $2)sql"};

constexpr Sql kHold{R"sql(UPDATE notification_log SET claimed_at = now() WHERE id = $1)sql"};
constexpr Sql kDone{R"sql(UPDATE notification_log SET status = 'DONE' WHERE id = $1)sql"};

constexpr Sql kEnabled{R"sql(
  SELECT coalesce((SELECT enabled FROM push_setting WHERE owner_id = $1 AND type = $2),
                  true))sql"};

constexpr Sql kTargets{R"sql(
  SELECT s.id, s.endpoint, s.p256dh, s.auth FROM push_subscription s
  WHERE s.owner_id = $1 AND s.enabled AND (s.not_before IS NULL OR s.not_before <= $2)
    AND NOT EXISTS (SELECT 1 FROM notification_delivery d
                    WHERE d.notification_log_id = $3 AND d.push_subscription_id = s.id)
  ORDER BY s.id)sql"};

constexpr Sql kNote{R"sql(
  INSERT INTO notification_delivery (notification_log_id, push_subscription_id, owner_id,
                                     delivered_at, answer_status, error)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING)sql"};

constexpr Sql kApply{R"sql(
  UPDATE push_subscription
  SET enabled = enabled AND $3, not_before = $4, last_error = $5 WHERE owner_id = $1 AND id = $2)sql"};

std::string error_of(const PushAnswer& answer) {
  if (answer.http_status == 0) return "NO_ANSWER";
  return "HTTP_" + std::to_string(answer.http_status);
}

}  // namespace

Result<Sender::Claim> Sender::claim(const ToldEvent& event) {
  auto ours = parts_.pool.exec(Deadline::after(kBudget), kClaim, parts_.owner, event.id, event.type,
                               static_cast<double>(kClaimHolds.count()));
  if (!ours) return ours.error();
  if (!ours->empty()) return Claim{Claimed::kOurs, ours->front().get<std::int64_t>(0), {}};
  auto theirs = parts_.pool.exec(Deadline::after(kBudget), kFind, parts_.owner, event.id);
  if (!theirs) return theirs.error();
  if (theirs->empty()) return Error("CLAIM_LOST", "the claim was there and is gone");
  const auto [id, status, at] = theirs->front().as<std::int64_t, std::string, Timestamp>();
  return Claim{status == "DONE" ? Claimed::kDone : Claimed::kOthers, id, at};
}

Result<void> Sender::finish(std::int64_t log) {
  auto done = parts_.pool.exec(Deadline::after(kBudget), kDone, log);
  if (!done) return done.error();
  return {};
}

Result<std::optional<PushType>> Sender::enabled_type(const Notification& notification) {
  for (const auto& type : {std::optional(notification.type), notification.otherwise}) {
    if (!type) continue;
    auto rows =
        parts_.pool.exec(Deadline::after(kBudget), kEnabled, parts_.owner, to_string(*type));
    if (!rows) return rows.error();
    if (rows->front().get<bool>(0)) return type;
  }
  return std::optional<PushType>();
}

Result<std::vector<Sender::Target>> Sender::targets(std::int64_t log) {
  auto rows =
      parts_.pool.exec(Deadline::after(kBudget), kTargets, parts_.owner, parts_.clock.now(), log);
  if (!rows) return rows.error();
  std::vector<Target> found;
  for (const store::Row row : *rows) {
    auto [id, endpoint, p256dh, auth] =
        row.as<std::int64_t, std::string, std::string, std::string>();
    found.push_back({id, {std::move(endpoint), std::move(p256dh), std::move(auth), "", "", {}}});
  }
  return found;
}

Result<std::optional<Timestamp>> Sender::send(const ToldEvent& event,
                                              const std::optional<Notification>& notification) {
  const auto claimed = claim(event);
  if (!claimed) return claimed.error();
  if (claimed->state == Claimed::kDone) return std::optional<Timestamp>();
  if (claimed->state == Claimed::kOthers) return std::optional(claimed->at + kClaimHolds);
  const bool too_old = parts_.clock.now() - event.occurred_at > kTooOld;
  if (notification && parts_.plugin != nullptr && !too_old) {
    const auto type = enabled_type(*notification);
    if (!type) return type.error();
    if (*type) {
      auto all = targets(claimed->log);
      if (!all) return all.error();
      const std::string payload = payload_of(event.id, event.occurred_at, **type, *notification);
      for (Target& target : *all) {
        target.push.payload = payload;
        target.push.ttl = time_to_live(**type);
        if (!notification->subject.empty()) {
          target.push.topic = short_digest(notification->subject, kTopicSize);
        }
        if (auto sent = send_to(claimed->log, target); !sent) return sent.error();
      }
    }
  } else if (notification && too_old) {
    log_info("push_too_old",
             {{"type", to_string(notification->type)}, {"event_id", event.id.to_string()}});
  }
  if (auto done = finish(claimed->log); !done) return done.error();
  return std::optional<Timestamp>();
}

Result<void> Sender::send_to(std::int64_t log, const Target& target) {
  // Others leave it alone for another minute.
  auto held = parts_.pool.exec(Deadline::after(kBudget), kHold, log);
  if (!held) return held.error();
  const auto answers = parts_.plugin->send({target.push}, Deadline::after(kSendBudget));
  const PushAnswer& answer = answers.front();
  if (auto noted = note(log, target, answer); !noted) return noted.error();
  return apply(target, answer);
}

Result<void> Sender::note(std::int64_t log, const Target& target, const PushAnswer& answer) {
  const bool delivered = answer.kind == PushAnswer::Kind::kDelivered;
  std::optional<Timestamp> at;
  std::optional<int> status;
  std::optional<std::string> error;
  if (delivered) at = parts_.clock.now();
  if (answer.http_status != 0) status = answer.http_status;
  if (!delivered) error = error_of(answer);
  auto noted = parts_.pool.exec(Deadline::after(kBudget), kNote, log, target.id, parts_.owner, at,
                                status, error);
  if (!noted) return noted.error();
  return {};
}

Timestamp Sender::rest_until(std::int64_t subscription, const PushAnswer& answer) {
  const Timestamp now = parts_.clock.now();
  if (answer.retry_at) return *answer.retry_at;
  const std::lock_guard lock(mutex_);
  seconds& rest = rests_[subscription];
  rest = rest == seconds(0) ? kFirstRest : std::min(2 * rest, kLongestRest);
  return now + rest;
}

Result<void> Sender::apply(const Target& target, const PushAnswer& answer) {
  using Kind = PushAnswer::Kind;
  std::optional<Timestamp> not_before;
  std::optional<std::string> error;
  if (answer.kind != Kind::kDelivered) error = error_of(answer);
  if (answer.kind == Kind::kRest) {
    not_before = rest_until(target.id, answer);
  } else {
    const std::lock_guard lock(mutex_);
    rests_.erase(target.id);
  }
  const std::string named = short_digest(target.push.endpoint, kNamedInLogs);
  if (answer.kind == Kind::kDelivered) {
    log_info("push_sent", {{"endpoint", named}, {"status", answer.http_status}});
  } else {
    log_warn("push_failed", {{"endpoint", named},
                             {"status", answer.http_status},
                             {"gone", answer.kind == Kind::kGone},
                             {"rests_until", not_before ? not_before->to_iso() : ""}});
  }
  auto applied = parts_.pool.exec(Deadline::after(kBudget), kApply, parts_.owner, target.id,
                                  answer.kind != Kind::kGone, not_before, error);
  if (!applied) return applied.error();
  return {};
}

Result<SendCount> Sender::send_test(const Notification& notification) {
  if (parts_.plugin == nullptr) return Error("PUSH_NOT_SET_UP", "no VAPID keys are given");
  auto all = targets(0);
  if (!all) return all.error();
  const Timestamp now = parts_.clock.now();
  const std::string payload = payload_of(Uuid::make_v7(now), now, notification.type, notification);
  std::vector<plugins::Push> pushes;
  for (Target& target : *all) {
    target.push.payload = payload;
    target.push.ttl = time_to_live(notification.type);
    pushes.push_back(target.push);
  }
  SendCount count;
  const auto answers = parts_.plugin->send(pushes, Deadline::after(kSendBudget));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ++count.requested;
    ++(answers[i].kind == PushAnswer::Kind::kDelivered ? count.delivered : count.failed);
    if (auto applied = apply((*all)[i], answers[i]); !applied) return applied.error();
  }
  return count;
}

}  // namespace everbit::notify
