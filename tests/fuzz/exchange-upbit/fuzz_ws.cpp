#include <string_view>

#include "fuzz/exchange-upbit/linked_plugin.h"

// Input: one byte for the channel, then the frame.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using everbit::plugins::Channel;
  if (size < 1) return 0;
  const auto channel = data[0] % 2 == 0 ? Channel::kPublic : Channel::kPrivate;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto frame = everbit::fuzz::linked_codec().ws_decode(channel, text);
  if (frame) everbit::fuzz::check(frame->found);
  return 0;
}
