#include "events/bus.h"

#include "events/convert.h"

namespace everbit::events {
namespace {

Result<void> to_result(eb_status status, std::string_view what) {
  if (status == EB_OK) return {};
  return error_of(status, what);
}

SettleResult result_of(eb_status status) {
  if (status == EB_OK) return SettleResult::kSettled;
  return status == EB_ERR_LOST_LEASE ? SettleResult::kLostLease : SettleResult::kFailed;
}

}  // namespace

Result<void> Subscription::fetch(std::uint32_t max, std::chrono::milliseconds wait,
                                 const std::function<void(Delivery&&)>& take) {
  const TakeDeliveries sink(take);
  return to_result(table_->fetch(handle_, max, static_cast<std::int32_t>(wait.count()), sink.get()),
                   "fetch");
}

void Subscription::interrupt() { table_->interrupt(handle_); }

Result<void> Subscription::settle(const eb_tx* tx, std::span<Settlement> settlements) {
  std::vector<eb_settle> list;
  list.reserve(settlements.size());
  for (const Settlement& item : settlements) {
    list.push_back(to_abi(item));
    list.back().result = EB_ERR_IO;
  }
  const eb_status status =
      table_->settle(handle_, tx, list.data(), static_cast<std::uint32_t>(list.size()));
  for (std::size_t i = 0; i < list.size(); ++i) settlements[i].result = result_of(list[i].result);
  return to_result(status, "settle");
}

Result<void> Subscription::extend(std::span<const Delivery* const> held,
                                  std::chrono::milliseconds lease) {
  std::vector<eb_settle> list;
  list.reserve(held.size());
  for (const Delivery* delivery : held)
    list.push_back(to_abi(Settlement{delivery, {}, {}, {}, {}}));
  return to_result(table_->extend(handle_, list.data(), static_cast<std::uint32_t>(list.size()),
                                  static_cast<std::int32_t>(lease.count())),
                   "extend");
}

void Subscription::close() {
  if (const std::uint64_t handle = std::exchange(handle_, 0); handle != 0) {
    table_->close_sub(handle);
  }
}

Result<Bus> Bus::open(const eb_event_bus_v1& table, void* self_plug, const Config& config) {
  std::vector<eb_field> fields;
  for (const auto& [key, value] : config) fields.push_back({to_abi(key), to_abi(value)});
  std::uint64_t handle = 0;
  const eb_status status =
      table.open(self_plug, fields.data(), static_cast<std::uint32_t>(fields.size()), &handle);
  if (status != EB_OK) return error_of(status, "open");
  return Bus(table, handle);
}

Bus::~Bus() {
  if (handle_ != 0) table_->close(handle_);
}

Result<void> Bus::publish(const eb_tx& tx, std::span<const Event> events) {
  std::vector<eb_bus_event> list;
  list.reserve(events.size());
  for (const Event& event : events) list.push_back(to_abi(event));
  return to_result(
      table_->publish(handle_, &tx, list.data(), static_cast<std::uint32_t>(list.size())),
      "publish");
}

void Bus::committed(std::span<const std::string> streams) {
  std::vector<eb_str> names;
  for (const std::string& stream : streams) names.push_back(to_abi(stream));
  table_->committed(handle_, names.data(), static_cast<std::uint32_t>(names.size()));
}

Result<Subscription> Bus::subscribe(const SubscribeOptions& options) {
  eb_sub_opts own{};
  own.size = sizeof own;
  own.ordered = options.ordered ? 1 : 0;
  own.stream = to_abi(options.stream);
  own.group = to_abi(options.group);
  own.prefetch = options.prefetch;
  own.lease_ms = static_cast<std::int32_t>(options.lease.count());
  own.backoff_base_ms = options.backoff_base.count();
  own.backoff_cap_ms = options.backoff_cap.count();
  std::uint64_t handle = 0;
  const eb_status status = table_->subscribe(handle_, &own, &handle);
  if (status != EB_OK) return error_of(status, "subscribe");
  return Subscription(*table_, handle);
}

Result<std::vector<Delivery>> Bus::dead(const std::string& stream, const std::string& group,
                                        std::uint64_t after, std::uint32_t max) {
  std::vector<Delivery> list;
  const std::function<void(Delivery &&)> take = [&](Delivery&& item) {
    list.push_back(std::move(item));
  };
  const TakeDeliveries sink(take);
  const eb_status status =
      table_->dead_list(handle_, to_abi(stream), to_abi(group), after, max, sink.get());
  if (status != EB_OK) return error_of(status, "dead_list");
  return list;
}

Result<void> Bus::requeue_dead(const std::string& group, std::span<const Uuid> ids) {
  static_assert(sizeof(Uuid) == 16);
  const auto* bytes = reinterpret_cast<const std::uint8_t(*)[16]>(ids.data());
  return to_result(
      table_->dead_requeue(handle_, to_abi(group), bytes, static_cast<std::uint32_t>(ids.size())),
      "dead_requeue");
}

Result<std::uint64_t> Bus::lag(const std::string& stream, const std::string& group) {
  std::uint64_t n = 0;
  const eb_status status = table_->lag(handle_, to_abi(stream), to_abi(group), &n);
  if (status != EB_OK) return error_of(status, "lag");
  return n;
}

Result<void> Bus::stats(
    const std::function<void(std::string_view name, const Labels& labels, double value)>& take) {
  using Take = std::remove_reference_t<decltype(take)>;
  const eb_stat_sink sink{
      sizeof sink, 0, const_cast<void*>(static_cast<const void*>(&take)),
      [](void* ctx, eb_str name, const eb_field* labels, std::uint32_t n,
         double value) -> eb_status {
        Labels own;
        for (std::uint32_t i = 0; i < n; ++i) {
          own.emplace_back(std::string(labels[i].key.ptr, labels[i].key.len),
                           std::string(labels[i].value.ptr, labels[i].value.len));
        }
        (*static_cast<Take*>(ctx))(std::string_view(name.ptr, name.len), own, value);
        return EB_OK;
      }};
  return to_result(table_->stats(handle_, &sink), "stats");
}

}  // namespace everbit::events
