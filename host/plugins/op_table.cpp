#include "plugins/op_table.h"

#include <algorithm>

namespace everbit::plugins {

std::optional<std::uint64_t> OpTable::begin() {
  const std::lock_guard lock(mutex_);
  return ops_.add(Op{++begun_, false, {}});
}

void OpTable::set_cancel(std::uint64_t op, Cancel cancel) {
  const std::lock_guard lock(mutex_);
  if (Op* found = ops_.find(op)) found->cancel = std::move(cancel);
}

bool OpTable::begin_sending(std::uint64_t op) {
  const std::lock_guard lock(mutex_);
  Op* found = ops_.find(op);
  if (found == nullptr) return false;
  found->sent = true;
  return true;
}

bool OpTable::is_open(std::uint64_t op) const {
  const std::lock_guard lock(mutex_);
  return ops_.find(op) != nullptr;
}

std::vector<std::uint64_t> OpTable::open() const {
  const std::lock_guard lock(mutex_);
  return ops_.handles();
}

eb_status OpTable::request_cancel(std::uint64_t op) {
  Cancel cancel;
  {
    const std::lock_guard lock(mutex_);
    Op* found = ops_.find(op);
    if (found == nullptr) return EB_ERR_NOT_FOUND;
    cancel = found->cancel;
  }
  if (cancel) cancel();
  return EB_OK;
}

std::optional<OpTable::Ended> OpTable::take_locked(std::uint64_t op) {
  auto taken = ops_.take(op);
  if (!taken) return std::nullopt;
  return Ended{op, taken->sent ? EB_ERR_UNKNOWN_OUTCOME : EB_ERR_CANCELLED,
               std::move(taken->cancel)};
}

std::optional<OpTable::Ended> OpTable::take(std::uint64_t op) {
  const std::lock_guard lock(mutex_);
  return take_locked(op);
}

std::vector<OpTable::Ended> OpTable::take_all() {
  const std::lock_guard lock(mutex_);
  auto handles = ops_.handles();
  std::ranges::sort(handles, {}, [this](std::uint64_t op) { return ops_.find(op)->order; });
  std::vector<Ended> ended;
  ended.reserve(handles.size());
  for (const std::uint64_t op : handles) ended.push_back(*take_locked(op));
  return ended;
}

}  // namespace everbit::plugins
