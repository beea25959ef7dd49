#include "trading/pipeline/command_consumer.h"

#include <simdjson.h>

#include <chrono>
#include <thread>

#include "base/crash_point.h"
#include "base/log.h"
#include "trading/outbox.h"

namespace everbit::trading {
namespace {

Result<Uuid> attempt_of(const events::Delivery& delivery) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string text(delivery.event.payload);
  simdjson::ondemand::document document;
  std::string_view id;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS ||
      document["payload"]["attemptPublicId"].get_string().get(id) != simdjson::SUCCESS) {
    return Error("COMMAND_UNREADABLE", "the command names no attempt", "payload.attemptPublicId");
  }
  return Uuid::parse(id);
}

constexpr std::chrono::milliseconds kSwitchUnread{100};

// A switch that is closed is the executor's to answer: the attempt is suspended, without a token
// and without a call. One that nobody could read for a second ends nothing: the command goes back,
// uncounted, until the database answers.
events::Verdict handle(Executor& executor, const TradingSwitch& account_switch,
                       const events::Delivery& delivery) {
  crash_point(CrashPoint::kCommandReceived);
  if (account_switch.is_stale()) {
    std::this_thread::sleep_for(kSwitchUnread);
    return events::Verdict::release();
  }
  const auto attempt = attempt_of(delivery);
  if (!attempt) return events::Verdict::dead(attempt.error().code, attempt.error().message);
  if (executor.execute(*attempt) == Executor::Result::kDone) return events::Verdict::done();
  return events::Verdict::retry("NOT_NOW", "no rate-limit token, or the database did not answer");
}

bool settle_dead(Executor& executor, const events::Delivery& delivery) {
  const auto attempt = attempt_of(delivery);
  if (!attempt) {
    log_critical("dead_command_unreadable", {{"event", delivery.event.id.to_string()}});
    return true;
  }
  return executor.settle_dead(*attempt);
}

}  // namespace

Result<std::unique_ptr<events::Dispatcher>> start_command_consumer(
    events::Bus& bus, Executor& executor, const TradingSwitch& account_switch) {
  events::DispatcherOptions options;
  options.subscribe.stream = kTradeCommands;
  options.subscribe.group = "order-executor";
  options.workers = 4;
  options.handle = [&executor, &account_switch](events::Handling& handling) {
    return handle(executor, account_switch, handling.delivery());
  };
  options.on_dead = [&executor](const events::Delivery& delivery, const std::string&) {
    return settle_dead(executor, delivery);
  };
  return events::Dispatcher::start(bus, std::move(options));
}

}  // namespace everbit::trading
