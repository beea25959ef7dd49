#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "events/bus.h"

namespace everbit::events {

// What a handler says of an event.
struct Verdict {
  enum class Kind {
    kDone,
    kSettled,  // done, and said so inside the handler's own committed transaction
    kRetry,
    kDead,
    kRelease  // not handled: somebody else may
  };
  Kind kind = Kind::kDone;
  std::optional<Timestamp> retry_at;  // none: by the stream's backoff
  std::string code;
  std::string message;

  static Verdict done() { return {}; }
  static Verdict settled() { return {Kind::kSettled, {}, {}, {}}; }
  static Verdict retry(std::string code, std::string message) {
    return {Kind::kRetry, {}, std::move(code), std::move(message)};
  }
  static Verdict dead(std::string code, std::string message) {
    return {Kind::kDead, {}, std::move(code), std::move(message)};
  }
  static Verdict release() { return {Kind::kRelease, {}, {}, {}}; }
};

// The event at hand, for the length of one handler call.
class Handling {
 public:
  Handling(Subscription& subscription, const Delivery& delivery)
      : subscription_(subscription), delivery_(delivery) {}
  const Delivery& delivery() const { return delivery_; }
  // Says done inside the handler's transaction, which gives its SQL effects exactly once. On
  // BUS_LOST_LEASE the transaction must be rolled back. Return Verdict::settled() after the COMMIT.
  Result<void> settle_done(const eb_tx& tx);

 private:
  Subscription& subscription_;
  const Delivery& delivery_;
};

struct DispatcherOptions {
  SubscribeOptions subscribe;
  int workers = 4;
  // Runs on a worker; blocks as long as it must, its lease is renewed. An exception is a retry.
  std::function<Verdict(Handling&)> handle;
  // Called before an event goes to the dead, and at start for each that is dead already; so it may
  // come twice for one event. False: not settled yet, ask again later. May be empty.
  std::function<bool(const Delivery&, const std::string& code)> on_dead;
  // Metrics: what became of an event and how long its handler took. May be empty.
  std::function<void(const Delivery&, std::string_view result, std::chrono::nanoseconds took)>
      on_handled;
};

// Pulls events from any bus, handles those of one key one after another and different keys in
// parallel, and settles them. After a failure the later events of that key are given back, and come
// again behind the failed one. Own threads: one that pulls and renews leases, and the workers.
class Dispatcher {
 public:
  static Result<std::unique_ptr<Dispatcher>> start(Bus& bus, DispatcherOptions options);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Stops pulling, gives back what is not begun, waits for the handlers that run, and closes the
  // subscription. False when the deadline came first; destruction then waits for them.
  bool stop(Deadline deadline);

 private:
  // The events of one key that were handed over, in order; the front may be in work.
  struct Queue {
    std::deque<std::shared_ptr<Delivery>> waiting;
    bool busy = false;
  };

  Dispatcher(Subscription subscription, DispatcherOptions options);
  void pull();
  void accept(Delivery&& delivery);
  void renew();
  void work();
  Verdict judge(const Delivery& delivery);
  Verdict bury(const Delivery& delivery, Verdict verdict);
  void settle(const std::string& key, const std::shared_ptr<Delivery>& delivery, Verdict verdict);
  void settle_done(const std::string& key, const std::shared_ptr<Delivery>& delivery);
  void finish(const std::string& key, bool give_back_rest);
  std::string key_of(const Delivery& delivery) const;

  Subscription subscription_;
  const DispatcherOptions options_;
  SteadyTime next_renewal_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Queue> queues_;
  std::deque<std::string> ready_;  // keys with something to begin
  std::vector<std::pair<std::string, std::shared_ptr<Delivery>>> done_;  // to be settled together
  bool settling_ = false;
  bool stopping_ = false;
  int running_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace everbit::events
