#include "events/dispatcher.h"

#include <algorithm>
#include <optional>

#include "base/crash_point.h"
#include "base/log.h"

namespace everbit::events {
namespace {

using namespace std::chrono_literals;

constexpr auto kFetchWait = 1000ms;
constexpr auto kSettleAgain = 100ms;
constexpr int kSettleTries = 5;
constexpr std::uint32_t kDeadPage = 100;

std::string_view name_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::kDone:
    case Verdict::Kind::kSettled:
      return "done";
    case Verdict::Kind::kRetry:
      return "retry";
    case Verdict::Kind::kDead:
      return "dead";
    case Verdict::Kind::kRelease:
      return "release";
  }
  return "";
}

Outcome outcome_of(Verdict::Kind kind) {
  if (kind == Verdict::Kind::kRetry) return Outcome::kRetry;
  if (kind == Verdict::Kind::kDead) return Outcome::kDead;
  return kind == Verdict::Kind::kRelease ? Outcome::kRelease : Outcome::kDone;
}

void log_event(LogLevel level, std::string_view what, const Delivery& delivery,
               const std::string& code, const std::string& message) {
  const std::string id = delivery.event.id.to_string();
  log_at(level, what,
         {{"eventId", id},
          {"stream", delivery.event.stream},
          {"type", delivery.event.type},
          {"aggregate", delivery.event.aggregate_id},
          {"attempt", delivery.attempt},
          {"code", code},
          {"message", message}});
}

}  // namespace

Result<void> Handling::settle_done(const eb_tx& tx) {
  Settlement settlement{&delivery_, Outcome::kDone, {}, {}, {}};
  return subscription_.settle(&tx, std::span(&settlement, 1));
}

Result<std::unique_ptr<Dispatcher>> Dispatcher::start(Bus& bus, DispatcherOptions options) {
  const std::string& stream = options.subscribe.stream;
  const std::string& group = options.subscribe.group;
  for (std::uint64_t after = 0; options.on_dead;) {
    auto page = bus.dead(stream, group, after, kDeadPage);
    if (!page) return page.error();
    for (const Delivery& delivery : *page) options.on_dead(delivery, delivery.error_code);
    if (page->size() < kDeadPage) break;
    after = page->back().seq;
  }
  auto subscription = bus.subscribe(options.subscribe);
  if (!subscription) return subscription.error();
  return std::unique_ptr<Dispatcher>(new Dispatcher(std::move(*subscription), std::move(options)));
}

Dispatcher::Dispatcher(Subscription subscription, DispatcherOptions options)
    : subscription_(std::move(subscription)),
      options_(std::move(options)),
      next_renewal_(std::chrono::steady_clock::now() + options_.subscribe.lease / 3) {
  threads_.emplace_back([this] { pull(); });
  for (int i = 0; i < std::max(options_.workers, 1); ++i) threads_.emplace_back([this] { work(); });
}

Dispatcher::~Dispatcher() {
  stop(Deadline::passed());
  for (std::thread& thread : threads_) thread.join();
  subscription_.close();
}

bool Dispatcher::stop(Deadline deadline) {
  std::vector<std::shared_ptr<Delivery>> unbegun;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ready_.clear();
    for (auto& [key, queue] : queues_) {
      const std::size_t begun = queue.busy ? std::min<std::size_t>(1, queue.waiting.size()) : 0;
      unbegun.insert(unbegun.end(), queue.waiting.begin() + static_cast<std::ptrdiff_t>(begun),
                     queue.waiting.end());
      queue.waiting.resize(begun);
    }
    changed_.notify_all();
  }
  subscription_.interrupt();
  std::vector<Settlement> released;
  for (const auto& item : unbegun) released.push_back({item.get(), Outcome::kRelease, {}, {}, {}});
  // What cannot be given back comes again when its lease is over.
  if (!released.empty()) (void)subscription_.settle(nullptr, released);
  std::unique_lock lock(mutex_);
  if (!changed_.wait_until(lock, deadline.time(), [this] { return running_ == 0; })) return false;
  lock.unlock();
  subscription_.close();
  return true;
}

std::string Dispatcher::key_of(const Delivery& delivery) const {
  // Without an order each event is a key of its own.
  return options_.subscribe.ordered ? delivery.event.key : std::to_string(delivery.token);
}

void Dispatcher::pull() {
  const auto max = static_cast<std::uint32_t>(std::max(options_.subscribe.prefetch, 1));
  const auto wait = std::min<std::chrono::milliseconds>(kFetchWait, options_.subscribe.lease / 6);
  bool reachable = true;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    const auto fetched =
        subscription_.fetch(max, wait, [this](Delivery&& item) { accept(std::move(item)); });
    if (!fetched && fetched.error().code == "BUS_CLOSED") return;
    if (reachable != fetched.has_value()) {
      reachable = fetched.has_value();
      log_at(reachable ? LogLevel::kInfo : LogLevel::kError,
             reachable ? "bus_reachable" : "bus_unreachable",
             {{"stream", options_.subscribe.stream},
              {"error", reachable ? std::string() : to_string(fetched.error())}});
    }
    if (!reachable) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kSettleAgain, [this] { return stopping_; });
    }
    if (std::chrono::steady_clock::now() >= next_renewal_) renew();
  }
}

void Dispatcher::accept(Delivery&& delivery) {
  auto item = std::make_shared<Delivery>(std::move(delivery));
  const std::lock_guard lock(mutex_);
  // One that comes while stopping is given back when the subscription closes.
  if (stopping_) return;
  const std::string key = key_of(*item);
  Queue& queue = queues_[key];
  queue.waiting.push_back(std::move(item));
  if (!queue.busy && queue.waiting.size() == 1) ready_.push_back(key);
  changed_.notify_one();
}

void Dispatcher::renew() {
  next_renewal_ = std::chrono::steady_clock::now() + options_.subscribe.lease / 3;
  std::vector<std::shared_ptr<Delivery>> held;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, queue] : queues_) {
      held.insert(held.end(), queue.waiting.begin(), queue.waiting.end());
    }
  }
  if (held.empty()) return;
  std::vector<const Delivery*> pointers;
  for (const auto& item : held) pointers.push_back(item.get());
  const auto extended = subscription_.extend(pointers, options_.subscribe.lease);
  if (!extended) {
    log_warn("bus_lease_not_renewed",
             {{"stream", options_.subscribe.stream}, {"error", to_string(extended.error())}});
  }
}

void Dispatcher::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
    if (stopping_) return;
    const std::string key = std::move(ready_.front());
    ready_.pop_front();
    Queue& queue = queues_[key];
    queue.busy = true;
    const std::shared_ptr<Delivery> delivery = queue.waiting.front();
    ++running_;
    lock.unlock();
    settle(key, delivery, judge(*delivery));
    lock.lock();
    --running_;
    changed_.notify_all();
  }
}

Verdict Dispatcher::judge(const Delivery& delivery) {
  if (delivery.exhausted()) {
    return bury(delivery, Verdict::dead("ATTEMPTS_EXHAUSTED", "no attempt is left"));
  }
  const SteadyTime began = std::chrono::steady_clock::now();
  Verdict verdict;
  try {
    Handling handling(subscription_, delivery);
    verdict = options_.handle(handling);
  } catch (const std::exception& error) {
    verdict = Verdict::retry("HANDLER_EXCEPTION", error.what());
  }
  if (verdict.kind == Verdict::Kind::kRetry && delivery.last_attempt()) {
    verdict.kind = Verdict::Kind::kDead;
  }
  if (verdict.kind == Verdict::Kind::kDead) verdict = bury(delivery, std::move(verdict));
  if (verdict.kind == Verdict::Kind::kRetry) {
    log_event(LogLevel::kWarn, "event_retry", delivery, verdict.code, verdict.message);
  }
  if (options_.on_handled) {
    options_.on_handled(delivery, name_of(verdict.kind), std::chrono::steady_clock::now() - began);
  }
  return verdict;
}

Verdict Dispatcher::bury(const Delivery& delivery, Verdict verdict) {
  log_event(LogLevel::kError, "event_dead", delivery, verdict.code, verdict.message);
  try {
    if (!options_.on_dead || options_.on_dead(delivery, verdict.code)) return verdict;
  } catch (const std::exception& error) {
    verdict.message = error.what();
  }
  // Its consumer could not settle what hangs on it: it stays in the queue until that is done.
  verdict.kind = Verdict::Kind::kRetry;
  return verdict;
}

void Dispatcher::settle(const std::string& key, const std::shared_ptr<Delivery>& delivery,
                        Verdict verdict) {
  if (verdict.kind == Verdict::Kind::kSettled) return finish(key, false);
  if (verdict.kind == Verdict::Kind::kDone) return settle_done(key, delivery);
  Settlement settlement{delivery.get(), outcome_of(verdict.kind), verdict.retry_at,
                        std::move(verdict.code), std::move(verdict.message)};
  for (int i = 0; i < kSettleTries; ++i) {
    (void)subscription_.settle(nullptr, std::span(&settlement, 1));
    if (settlement.result != SettleResult::kFailed) break;
    std::this_thread::sleep_for(kSettleAgain);
  }
  if (settlement.result != SettleResult::kSettled) {
    log_event(LogLevel::kWarn, "event_verdict_lost", *delivery, settlement.code,
              settlement.message);
    settlement.outcome = Outcome::kRelease;
    (void)subscription_.settle(nullptr, std::span(&settlement, 1));
  }
  finish(key, verdict.kind != Verdict::Kind::kDead || settlement.result != SettleResult::kSettled);
}

// Verdicts that come while one is being written are written together by whoever wrote it.
void Dispatcher::settle_done(const std::string& key, const std::shared_ptr<Delivery>& delivery) {
  std::unique_lock lock(mutex_);
  done_.emplace_back(key, delivery);
  if (settling_) return;
  settling_ = true;
  while (!done_.empty()) {
    const auto batch = std::exchange(done_, {});
    lock.unlock();
    std::vector<Settlement> settlements;
    for (const auto& [name, item] : batch) {
      settlements.push_back({item.get(), Outcome::kDone, {}, {}, {}});
    }
    for (int i = 0; i < kSettleTries; ++i) {
      if (subscription_.settle(nullptr, settlements)) break;
      std::this_thread::sleep_for(kSettleAgain);
    }
    crash_point(CrashPoint::kEventSettled);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool settled = settlements[i].result == SettleResult::kSettled;
      if (!settled) {
        log_event(LogLevel::kWarn, "event_verdict_lost", *batch[i].second, "DONE", "");
        settlements[i].outcome = Outcome::kRelease;
        (void)subscription_.settle(nullptr, std::span(&settlements[i], 1));
      }
      finish(batch[i].first, !settled);
    }
    lock.lock();
  }
  settling_ = false;
}

void Dispatcher::finish(const std::string& key, bool give_back_rest) {
  std::vector<std::shared_ptr<Delivery>> rest;
  {
    const std::lock_guard lock(mutex_);
    Queue& queue = queues_[key];
    queue.waiting.pop_front();
    if (give_back_rest) rest.assign(queue.waiting.begin(), queue.waiting.end());
    if (give_back_rest) queue.waiting.clear();
  }
  std::vector<Settlement> released;
  for (const auto& item : rest) released.push_back({item.get(), Outcome::kRelease, {}, {}, {}});
  if (!released.empty()) (void)subscription_.settle(nullptr, released);
  const std::lock_guard lock(mutex_);
  const auto queue = queues_.find(key);
  queue->second.busy = false;
  if (queue->second.waiting.empty()) {
    queues_.erase(queue);
  } else if (!stopping_) {
    ready_.push_back(key);
    changed_.notify_one();
  }
}

}  // namespace everbit::events
