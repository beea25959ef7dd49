#include "faults/seeded/command_taker.h"

#include <exception>
#include <optional>
#include <span>

#include "base/crash_point.h"
#include "trading/outbox.h"

namespace everbit::faults {
namespace {

using events::Delivery;
using events::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kBudget{5};

// Spares a look through the bus when there is nothing to find.
constexpr store::Sql kDue{R"sql(
  SELECT EXISTS (SELECT FROM outbox_queue q JOIN outbox_group g
                 ON q.lane BETWEEN g.group_base AND g.group_base + g.lanes - 1
                 WHERE g.grp = 'order-executor' AND q.ready_at <= now())
      OR EXISTS (SELECT FROM outbox_delayed q JOIN outbox_group g
                 ON q.lane BETWEEN g.group_base AND g.group_base + g.lanes - 1
                 WHERE g.grp = 'order-executor' AND q.ready_at <= now()))sql"};
constexpr store::Sql kEpoch{R"sql(SELECT epoch FROM outbox_lane WHERE lane = $1)sql"};
constexpr store::Sql kAttempt{R"sql(
  SELECT payload_json -> 'payload' ->> 'attemptPublicId' FROM outbox_event WHERE event_id = $1)sql"};

void give_verdict(Abandoned& late, RunDatabase& database, std::vector<std::string>& broken) {
  if (!late.verdict) return;
  auto rows = database.pool().exec(Deadline::after(kBudget), kEpoch, late.delivery.lane);
  const bool ours =
      rows.value().front().get<std::int64_t>(0) == static_cast<std::int64_t>(late.delivery.epoch);
  late.verdict->delivery = &late.delivery;
  (void)late.subscription.settle(nullptr, std::span(&*late.verdict, 1));
  if (!ours && late.verdict->result == events::SettleResult::kSettled) {
    broken.push_back("a verdict counted after its lane had gone to another");
  }
  late.verdict.reset();
}

}  // namespace

// One look at the bus. When its process dies, or its verdict is lost, it is not closed.
class CommandTaker::Lane {
 public:
  Lane(const Parts& parts, events::Subscription subscription)
      : parts_(parts), subscription_(std::move(subscription)) {}
  ~Lane() {
    if (!lost_ && std::uncaught_exceptions() > 0) (void)lose();
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  events::Subscription& operator*() { return *subscription_; }
  // Nobody closes it any more.
  Abandoned& lose() {
    lost_ = true;
    parts_.left_behind.push_back(Abandoned{std::move(*subscription_)});
    subscription_.reset();
    return parts_.left_behind.back();
  }

 private:
  const Parts& parts_;
  std::optional<events::Subscription> subscription_;
  bool lost_ = false;
};

bool CommandTaker::is_due() {
  auto rows = parts_.database.pool().exec(Deadline::after(kBudget), kDue);
  return rows && rows->front().get<bool>(0);
}

bool CommandTaker::take() {
  if (!is_due()) return false;
  events::SubscribeOptions options;
  options.stream = trading::kTradeCommands;
  options.group = "order-executor";
  options.prefetch = 1;
  auto subscription = parts_.bus.subscribe(options);
  if (!subscription) return false;
  Lane lane(parts_, std::move(*subscription));
  std::optional<Delivery> found;
  const auto fetched =
      (*lane).fetch(1, milliseconds(0), [&](Delivery&& delivery) { found = std::move(delivery); });
  if (!fetched || !found) return false;
  handle(lane, *found);
  return true;
}

void CommandTaker::handle(Lane& lane, const Delivery& delivery) {
  // The worst moment for the late verdict of who had it before: nobody has settled it yet.
  for (Abandoned& late : parts_.left_behind) {
    if (late.delivery.event.id == delivery.event.id)
      give_verdict(late, parts_.database, parts_.broken);
  }
  auto& executor = parts_.executor;
  const Uuid attempt = parts_.database.pool()
                           .exec(Deadline::after(kBudget), kAttempt, delivery.event.id)
                           .value()
                           .front()
                           .get<Uuid>(0);
  events::Settlement verdict{&delivery, Outcome::kDone, {}, {}, {}};
  bool dead = delivery.exhausted();
  if (!dead) {
    crash_point(CrashPoint::kCommandReceived);
    if (executor.execute(attempt) == trading::Executor::Result::kLater) {
      verdict.outcome = Outcome::kRetry;
      verdict.code = "NOT_NOW";
      dead = delivery.last_attempt();
    }
  }
  if (dead) verdict.outcome = executor.settle_dead(attempt) ? Outcome::kDead : Outcome::kRetry;
  // Now and then the verdict comes late, and the command again when its lease is over.
  if (parts_.chaos && parts_.choices.one_in(15)) return settle_late(lane, delivery, verdict);
  (void)(*lane).settle(nullptr, std::span(&verdict, 1));
  crash_point(CrashPoint::kEventSettled);
}

void CommandTaker::settle_late(Lane& lane, const Delivery& delivery, events::Settlement verdict) {
  Abandoned& late = lane.lose();
  late.verdict = std::move(verdict);
  late.delivery = delivery;
  // By then its process may be gone, and this object with it.
  parts_.scheduler.after(parts_.choices.between(1000, 90'000),
                         [&late, &database = parts_.database, &broken = parts_.broken] {
                           give_verdict(late, database, broken);
                         });
}

}  // namespace everbit::faults
