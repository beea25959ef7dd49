#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

#include "exchange-upbit/collected.h"
#include "exchange-upbit/json.h"

namespace everbit::exchange_upbit {

// Larger than any real answer; what is larger is not read at all.
constexpr std::size_t kMaxMessage = std::size_t{4} << 20;

// The memory of one decode: the padded copy of the message, the parser and what was found.
class Scratch {
 public:
  // A padded copy, valid until the next call. The text must be at most kMaxMessage.
  simdjson::padded_string_view copy(std::string_view message);
  // After a huge message its memory would be kept for nothing.
  bool worth_keeping() const { return capacity_ <= kKept; }

  json::parser parser;
  Collected collected;

 private:
  static constexpr std::size_t kKept = std::size_t{256} << 10;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
};

// Lends a scratch to each decode, so that a frame costs no allocation. Calls come from any thread,
// and thread_local is forbidden in a plugin: a few slots are swapped atomically, a caller that
// finds all of them taken makes its own.
class ScratchPool {
 public:
  class Lease {
   public:
    explicit Lease(ScratchPool& pool) : pool_(pool), scratch_(pool.take()) {}
    ~Lease() { pool_.give_back(std::move(scratch_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Scratch* operator->() const { return scratch_.get(); }
    Scratch& operator*() const { return *scratch_; }

   private:
    ScratchPool& pool_;
    std::unique_ptr<Scratch> scratch_;
  };

  ScratchPool() = default;
  ~ScratchPool();
  ScratchPool(const ScratchPool&) = delete;
  ScratchPool& operator=(const ScratchPool&) = delete;

 private:
  std::unique_ptr<Scratch> take();
  void give_back(std::unique_ptr<Scratch> scratch);

  std::array<std::atomic<Scratch*>, 4> slots_{};
};

}  // namespace everbit::exchange_upbit
