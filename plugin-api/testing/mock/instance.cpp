#include "mock/instance.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "everbit/ext/state.h"
#include "everbit/ext/worker.h"

namespace everbit::mock {

namespace {

eb_candle to_candle(const Candle& from) {
  eb_candle to{};
  to.open_time = from.open_time;
  to.close_time = from.close_time();
  to.timeframe_s = from.timeframe_s;
  to.flags = from.flags | (from.value.empty() ? 0U : EB_CANDLE_VALUE_KNOWN);
  to.open = dec(from.open);
  to.high = dec(from.high);
  to.low = dec(from.low);
  to.close = dec(from.close);
  to.volume = dec(from.volume);
  to.value = from.value.empty() ? eb_dec{} : dec(from.value);
  to.open_f = to_double(to.open);
  to.high_f = to_double(to.high);
  to.low_f = to_double(to.low);
  to.close_f = to_double(to.close);
  to.volume_f = to_double(to.volume);
  to.value_f = to_double(to.value);
  return to;
}

const eb_plan* lend_plan(const Plan& plan, Arena& arena) {
  return arena.make(eb_plan{sizeof(eb_plan), plan.flags, plan.stop, plan.stop_distance,
                            plan.trail_top, arena.text(plan.own)});
}

const eb_position_view* lend_position(const Position& from, Arena& arena) {
  eb_position_view to{};
  to.size = sizeof to;
  to.state = from.state;
  to.last_intent = from.last_intent;
  to.last_outcome = from.last_outcome;
  to.last_signal_close = from.last_signal_close;
  to.last_exit = from.last_exit;
  to.pending_intent = from.pending_intent;
  to.last_exit_close = from.last_exit_close;
  to.entry_close = from.entry_close;
  to.quantity = from.quantity;
  to.avg_price = from.avg_price;
  to.dust = from.dust;
  to.plan = from.plan ? lend_plan(*from.plan, arena) : nullptr;
  return arena.make(to);
}

std::vector<eb_field> lend_fields(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Arena& arena) {
  std::vector<eb_field> fields;
  for (const auto& [key, value] : pairs) fields.push_back({arena.text(key), arena.text(value)});
  return fields;
}

eb_status append(void* ctx, const std::uint8_t* bytes, std::uint64_t len) {
  static_cast<std::string*>(ctx)->append(reinterpret_cast<const char*>(bytes), len);
  return EB_OK;
}

}  // namespace

// The sink of one candle. It stays after the call, deaf, so that a later use is noticed.
struct Instance::Ear {
  Violations* violations;
  bool open = true;
  std::optional<Decision> decision;
  std::vector<std::pair<std::string, double>> values;
  eb_decision_sink sink{sizeof(eb_decision_sink), 0, this, decide, give_values, nullptr};

  static eb_status decide(void* ctx, const eb_decision* decision) {
    auto& self = *static_cast<Ear*>(ctx);
    if (!self.listens("decide")) return EB_ERR_STATE;
    if (self.decision) {
      self.violations->add("decide was called twice for one candle");
      return EB_ERR_STATE;
    }
    if (decision->n_reasons == 0) self.violations->add("a decision without a reason");
    self.decision = copy_decision(*decision);
    return EB_OK;
  }

  static eb_status give_values(void* ctx, const eb_number* numbers, std::uint32_t n) {
    auto& self = *static_cast<Ear*>(ctx);
    if (!self.listens("values")) return EB_ERR_STATE;
    for (std::uint32_t i = 0; i < n; ++i) {
      self.values.emplace_back(std::string(numbers[i].key.ptr, numbers[i].key.len),
                               numbers[i].value);
    }
    return EB_OK;
  }

  bool listens(const char* what) const {
    if (!open) violations->add(std::string(what) + " called after candle_close returned");
    return open;
  }
};

Instance::Instance(const eb_module* module, Args args) : module_(module), args_(std::move(args)) {
  plugin_.size = sizeof plugin_;
}

Instance::~Instance() { destroy(); }

Arena& Instance::lend() { return *lent_.emplace_back(std::make_unique<Arena>()); }

void Instance::run(const std::function<void()>& body) {
  const bool running = life_ == Life::kRunning;
  const auto inside = [&] {
    host_.enter_strand(running);
    body();
    host_.leave_strand();
  };
  if (hop_) {
    std::thread(inside).join();
  } else {
    inside();
  }
}

eb_status Instance::create() {
  if (life_ != Life::kNone) throw std::logic_error("created twice by the test");
  Arena& arena = lend();
  eb_create_args args{};
  args.size = sizeof args;
  args.instance = arena.text(args_.instance);
  args.strategy_key = arena.text(args_.strategy_key);
  args.market = arena.text(args_.market);
  args.mode = args_.mode;
  args.signal_s = args_.signal_s;
  args.macro_s = args_.macro_s;
  args.long_s = args_.long_s;
  const auto params = lend_fields(args_.params, arena);
  args.n_params = static_cast<std::uint32_t>(params.size());
  args.params = arena.array(params);
  const auto* lent_args = arena.make(args);
  run([&] { last_status_ = module_->factory->create(host_.get(), lent_args, &plugin_); });
  arena.poison();
  if (last_status_ == EB_OK) life_ = Life::kCreated;
  return last_status_;
}

// The plugin itself must refuse what its state forbids, so the test's call always reaches it.
eb_status Instance::start() {
  const Life before = life_;
  if (life_ == Life::kCreated) life_ = Life::kRunning;
  run([&] { last_status_ = plugin_.start(plugin_.self_plug); });
  if (last_status_ != EB_OK) life_ = before;
  return last_status_;
}

eb_status Instance::stop() {
  run([&] { last_status_ = plugin_.stop(plugin_.self_plug); });
  if (last_status_ == EB_OK) life_ = Life::kStopped;
  return last_status_;
}

void Instance::destroy() {
  if (life_ == Life::kNone) return;
  if (life_ == Life::kRunning) stop();
  life_ = Life::kNone;
  run([&] { plugin_.destroy(plugin_.self_plug); });
}

std::string Instance::last_error() const {
  return host_.errors.empty() ? std::string() : host_.errors.back().text;
}

const void* Instance::find_extension(std::string_view id) {
  return plugin_.get_extension(plugin_.self_plug, {id.data(), id.size()});
}

eb_status Instance::call(const std::function<eb_status(void*)>& function) {
  run([&] { last_status_ = function(plugin_.self_plug); });
  return last_status_;
}

eb_status Instance::deliver(eb_event& event, Arena& lent) {
  event.seq = ++seq_;
  const auto status = call([&](void* self) { return plugin_.on_event(self, &event); });
  lent.poison();
  return status;
}

std::optional<Decision> Instance::feed(const Candle& candle, const Position& position) {
  Arena& arena = lend();
  host_.now = std::max(host_.now, candle.close_time());
  eb_candle_close event{};
  event.head = {sizeof event, EB_EVENT_CANDLE_CLOSE, 0, ++seq_, candle.close_time()};
  event.role = candle.role;
  event.decide = candle.decide ? 1 : 0;
  event.candle = to_candle(candle);
  if (candle.value_24h) {
    event.value_24h_known = 1;
    event.traded_value_24h = dec(*candle.value_24h);
    event.traded_value_24h_f = to_double(event.traded_value_24h);
  }
  event.position = candle.decide ? lend_position(position, arena) : nullptr;
  const auto* lent_event = arena.make(event);
  auto& ear = *ears_.emplace_back(std::make_unique<Ear>());
  ear.violations = &host_.violations;
  const auto* strategy = extension<eb_strategy_v1>(EB_EXT_STRATEGY);
  if (strategy == nullptr) throw std::logic_error("the plugin is no strategy");
  call([&](void* self) { return strategy->candle_close(self, lent_event, &ear.sink); });
  arena.poison();
  ear.open = false;
  if (last_status_ == EB_OK && ear.decision.has_value() != candle.decide) {
    host_.violations.add(candle.decide ? "no decision for a candle that wants one"
                                       : "a decision for a candle that wants none");
  }
  values_ = ear.values;
  return ear.decision;
}

std::string Instance::save() {
  std::string blob;
  const eb_sink sink{sizeof(eb_sink), 0, &blob, append};
  const auto* state = extension<eb_state_v1>(EB_EXT_STATE);
  if (state == nullptr) throw std::logic_error("the plugin keeps no state");
  call([&](void* self) { return state->save(self, &sink); });
  return blob;
}

eb_status Instance::load(const std::string& blob, std::uint32_t version) {
  struct Reading {
    std::string_view rest;
  } reading{blob};
  // Odd portions, because a host may give any.
  const eb_source source{
      sizeof(eb_source), 0, &reading,
      [](void* ctx, std::uint8_t* bytes, std::uint64_t capacity, std::uint64_t* len) -> eb_status {
        auto& rest = static_cast<Reading*>(ctx)->rest;
        const std::size_t n = std::min<std::size_t>({rest.size(), capacity, 17});
        std::copy_n(rest.data(), n, reinterpret_cast<char*>(bytes));
        rest.remove_prefix(n);
        *len = n;
        return EB_OK;
      }};
  const auto* state = extension<eb_state_v1>(EB_EXT_STATE);
  if (state == nullptr) throw std::logic_error("the plugin keeps no state");
  return call([&](void* self) { return state->load(self, version, &source); });
}

void Instance::advance_to(eb_ts time) {
  for (;;) {
    const auto due =
        std::ranges::min_element(host_.timers, {}, [](const auto& timer) { return timer.second; });
    if (due == host_.timers.end() || due->second > time) break;
    const auto [handle, at] = *due;
    host_.timers.erase(due);
    host_.now = std::max(host_.now, at);
    Arena& arena = lend();
    auto* event = arena.make(eb_timer{{sizeof(eb_timer), EB_EVENT_TIMER, 0, 0, host_.now}, handle});
    deliver(event->head, arena);
  }
  host_.now = std::max(host_.now, time);
}

eb_status Instance::answer(std::uint64_t op, const Answer& answer) {
  std::erase_if(host_.http, [&](const auto& request) { return request.op == op; });
  std::erase_if(host_.work, [&](const auto& request) { return request.op == op; });
  Arena& arena = lend();
  const auto headers = lend_fields(answer.headers, arena);
  eb_op_done event{};
  event.head = {sizeof event, EB_EVENT_OP_DONE, 0, 0, host_.now};
  event.op = op;
  event.status = answer.status;
  event.http_status = answer.http_status;
  event.headers = arena.array(headers);
  event.n_headers = static_cast<std::uint32_t>(headers.size());
  event.body = arena.bytes(answer.body);
  return deliver(arena.make(event)->head, arena);
}

void Instance::run_work() {
  const auto* side = extension<eb_worker_plugin_v1>(EB_EXT_WORKER_PLUGIN);
  if (side == nullptr) throw std::logic_error("the plugin has no eb.worker.plugin/1");
  for (const auto& request : std::exchange(host_.work, {})) {
    Arena arena;
    std::string response;
    const eb_sink sink{sizeof(eb_sink), 0, &response, append};
    eb_status status = EB_OK;
    std::thread([&] {
      status = side->work(plugin_.self_plug, arena.bytes(request.message), &sink);
    }).join();
    arena.poison();
    answer(request.op, {status, 0, {}, response});
  }
}

eb_status Instance::ws_event(std::uint64_t connection, std::int32_t what,
                             const std::string& message) {
  Arena& arena = lend();
  eb_ws_event event{};
  event.head = {sizeof event, EB_EVENT_WS, 0, 0, host_.now};
  event.connection = connection;
  event.what = what;
  event.message = arena.bytes(message);
  return deliver(arena.make(event)->head, arena);
}

}  // namespace everbit::mock
