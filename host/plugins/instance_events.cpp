#include "plugins/buffers.h"
#include "plugins/fields.h"
#include "plugins/instance.h"

// Events to the plugin; above all the one that ends an operation.
namespace everbit::plugins {

CallResult Instance::deliver(eb_event& event) {
  if (state() != InstanceState::kRunning || inside_) {
    return {EB_ERR_STATE, state_error("on_event").message};
  }
  event.seq = next_seq();
  return call("on_event", [&](void* self) { return plugin_.on_event(self, &event); });
}

void Instance::complete(std::uint64_t op, OpResult result) {
  strand().post([alive = weak_from_this(), op, result = std::move(result)] {
    const auto self = alive.lock();
    if (self && self->ops_.take(op)) self->deliver_end(op, result);
  });
}

void Instance::cancel_open() {
  for (const std::uint64_t op : ops_.open()) ops_.request_cancel(op);
}

void Instance::end_open() {
  for (const auto& ended : ops_.take_all()) {
    if (ended.cancel) ended.cancel();
    deliver_end(ended.op, {ended.status, 0, {}, {}});
  }
}

void Instance::deliver_end(std::uint64_t op, const OpResult& result) {
  const auto headers = to_fields(result.headers);
  eb_op_done event{};
  event.head = {sizeof event, EB_EVENT_OP_DONE, 0, 0, options_.clock->now().ns()};
  event.op = op;
  event.status = result.status;
  event.http_status = result.http_status;
  event.headers = headers.data();
  event.n_headers = static_cast<std::uint32_t>(headers.size());
  event.body = bytes_of(result.body);
  deliver(event.head);
}

}  // namespace everbit::plugins
