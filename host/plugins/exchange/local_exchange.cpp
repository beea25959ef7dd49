#include "plugins/exchange/local_exchange.h"

#include <utility>

#include "plugins/buffers.h"
#include "plugins/exchange/exchange_convert.h"
#include "plugins/strand.h"

namespace everbit::plugins {
namespace {

constexpr std::chrono::seconds kCallBudget{30};
constexpr std::size_t kMostBody = std::size_t{4} << 20;
constexpr std::size_t kMostFrames = 10'000;
constexpr std::size_t kMostState = std::size_t{1} << 20;

std::string copy(eb_bytes bytes) { return std::string(plugins::from_abi(bytes)); }

// Copies what the plugin says during one call, and does not trust it.
class Collector {
 public:
  Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  const eb_local_sink* get() const { return &sink_; }
  LocalOutcome take() { return std::move(outcome_); }

 private:
  static eb_status answer(void* ctx, const eb_local_answer* answer) {
    auto& self = *static_cast<Collector*>(ctx);
    if (answer == nullptr || !EB_HAS(answer, body) || self.outcome_.answer) return EB_ERR_ARGUMENT;
    if (answer->body.len > kMostBody || answer->n_headers > 64) return EB_ERR_TOO_LARGE;
    self.outcome_.answer = LocalAnswer{
        answer->http_status, copy_fields(answer->headers, answer->n_headers), copy(answer->body)};
    return EB_OK;
  }
  static eb_status frame(void* ctx, eb_bytes frame) {
    auto& self = *static_cast<Collector*>(ctx);
    if (frame.len > kMostBody || self.outcome_.frames.size() >= kMostFrames) {
      return EB_ERR_TOO_LARGE;
    }
    self.outcome_.frames.push_back(copy(frame));
    return EB_OK;
  }

  LocalOutcome outcome_;
  eb_local_sink sink_{sizeof(eb_local_sink), 0, this, &Collector::answer, &Collector::frame};
};

}  // namespace

// What the work uses is shared, for a call that was given up may still go on.
Result<void> LocalExchange::on_strand(const std::function<Result<void>()>& work) const {
  auto done = std::make_shared<Result<void>>();
  const auto shared = std::make_shared<std::function<Result<void>()>>(work);
  const bool ended = run_on(
      instance_->strand(), [done, shared] { *done = (*shared)(); }, Deadline::after(kCallBudget));
  if (!ended) return Error("LOCAL_EXCHANGE", "the strand did not return in time");
  return *done;
}

Result<void> LocalExchange::open(const std::optional<LocalState>& stored) {
  const auto instance = instance_;
  const eb_state_v1& state = state_;
  return on_strand([instance, &state, stored]() -> Result<void> {
    if (stored) {
      const std::string_view schema = from_abi(state.schema);
      if (schema != stored->schema) {
        return Error("LOCAL_EXCHANGE", "the stored state is of schema " + stored->schema);
      }
      const BytesSource source(stored->blob);
      const CallResult loaded = instance->call_created(
          "load", [&](void* self) { return state.load(self, stored->version, source.get()); });
      if (!loaded.ok()) return loaded.to_result("load");
    }
    return instance->start();
  });
}

Result<LocalOutcome> LocalExchange::serve(const LocalRequest& request, Timestamp now) {
  struct Shared {
    LocalRequest request;
    Collector collector;
    bool changed = false;
  };
  const auto shared = std::make_shared<Shared>();
  shared->request = request;
  const auto instance = instance_;
  const eb_exchange_local_v1& table = table_;
  auto done = on_strand([shared, instance, &table, now]() -> Result<void> {
    const std::vector<eb_field> headers = borrow_fields(shared->request.headers);
    eb_local_request asked{};
    asked.size = sizeof asked;
    asked.n_headers = static_cast<std::uint32_t>(headers.size());
    asked.method = borrow(shared->request.method);
    asked.target = borrow(shared->request.target);
    asked.headers = headers.data();
    asked.body = borrow_bytes(shared->request.body);
    asked.now = now.ns();
    const CallResult served = instance->call("serve", [&](void* self) {
      const std::uint64_t before = table.revision(self);
      const eb_status status = table.serve(self, &asked, shared->collector.get());
      shared->changed = table.revision(self) != before;
      return status;
    });
    return served.to_result("serve");
  });
  if (!done) return done.error();
  LocalOutcome outcome = shared->collector.take();
  outcome.changed = shared->changed;
  if (!outcome.answer) return Error("LOCAL_EXCHANGE", "served without an answer");
  return outcome;
}

Result<LocalOutcome> LocalExchange::observe(std::string_view frame, Timestamp now) {
  struct Shared {
    std::string frame;
    Collector collector;
    bool changed = false;
    bool broken = false;
  };
  const auto shared = std::make_shared<Shared>();
  shared->frame = frame;
  const auto instance = instance_;
  const eb_exchange_local_v1& table = table_;
  auto done = on_strand([shared, instance, &table, now]() -> Result<void> {
    const CallResult seen = instance->call("observe", [&](void* self) {
      const std::uint64_t before = table.revision(self);
      const eb_status status =
          table.observe(self, borrow_bytes(shared->frame), now.ns(), shared->collector.get());
      shared->changed = table.revision(self) != before;
      shared->broken = status == EB_ERR_PARSE && !shared->changed;
      return status;
    });
    return seen.to_result("observe");
  });
  if (!done) return shared->broken ? Error("LOCAL_FRAME", done.error().message) : done.error();
  LocalOutcome outcome = shared->collector.take();
  outcome.changed = shared->changed;
  return outcome;
}

Result<void> LocalExchange::missed() {
  const auto instance = instance_;
  const eb_exchange_local_v1& table = table_;
  return on_strand([instance, &table] {
    return instance->call("missed", [&](void* self) { return table.missed(self); })
        .to_result("missed");
  });
}

Result<LocalState> LocalExchange::save() {
  struct Shared {
    StringSink sink{kMostState};
  };
  const auto shared = std::make_shared<Shared>();
  const auto instance = instance_;
  const eb_state_v1& state = state_;
  auto done = on_strand([shared, instance, &state] {
    return instance->call("save", [&](void* self) { return state.save(self, shared->sink.get()); })
        .to_result("save");
  });
  if (!done) return done.error();
  return LocalState{std::string(from_abi(state_.schema)), state_.version, shared->sink.take()};
}

}  // namespace everbit::plugins
