#include "exchange-upbit/scratch.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace everbit::exchange_upbit {

simdjson::padded_string_view Scratch::copy(std::string_view message) {
  const std::size_t needed = message.size() + simdjson::SIMDJSON_PADDING;
  if (needed > capacity_) {
    const std::size_t grown = std::max<std::size_t>(needed, 4096);
    capacity_ = 0;
    buffer_ = std::make_unique<char[]>(grown);
    capacity_ = grown;
  }
  std::copy(message.begin(), message.end(), buffer_.get());
  std::memset(buffer_.get() + message.size(), 0, simdjson::SIMDJSON_PADDING);
  return simdjson::padded_string_view(buffer_.get(), message.size(), capacity_);
}

ScratchPool::~ScratchPool() {
  for (std::atomic<Scratch*>& slot : slots_) delete slot.load();
}

std::unique_ptr<Scratch> ScratchPool::take() {
  for (std::atomic<Scratch*>& slot : slots_) {
    if (slot.load(std::memory_order_relaxed) == nullptr) continue;
    if (Scratch* const found = slot.exchange(nullptr, std::memory_order_acquire)) {
      return std::unique_ptr<Scratch>(found);
    }
  }
  return std::make_unique<Scratch>();
}

void ScratchPool::give_back(std::unique_ptr<Scratch> scratch) {
  if (!scratch || !scratch->worth_keeping()) return;
  scratch->collected.clear();
  for (std::atomic<Scratch*>& slot : slots_) {
    Scratch* empty = nullptr;
    if (slot.compare_exchange_strong(empty, scratch.get(), std::memory_order_release,
                                     std::memory_order_relaxed)) {
      scratch.release();
      return;
    }
  }
}

}  // namespace everbit::exchange_upbit
