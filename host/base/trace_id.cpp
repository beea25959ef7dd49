#include "base/trace_id.h"

#include <algorithm>

#include "base/random.h"

namespace everbit {
namespace {

constexpr std::size_t kTraceIdBytes = 16;
constexpr std::size_t kParentIdBytes = 8;
constexpr std::size_t kTraceparentSize = 55;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

TraceId TraceId::make() { return TraceId(secure_random_hex(kTraceIdBytes)); }

std::optional<TraceId> TraceId::parse(std::string_view hex) {
  if (hex.size() != 2 * kTraceIdBytes || !is_lower_hex(hex)) return std::nullopt;
  if (hex.find_first_not_of('0') == std::string_view::npos) return std::nullopt;
  return TraceId(std::string(hex));
}

std::optional<TraceId> TraceId::from_traceparent(std::string_view header) {
  if (header.size() < kTraceparentSize || header.substr(0, 3) != "00-") return std::nullopt;
  if (header.size() != kTraceparentSize || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  if (!is_lower_hex(header.substr(36, 16)) || !is_lower_hex(header.substr(53, 2))) {
    return std::nullopt;
  }
  return parse(header.substr(3, 2 * kTraceIdBytes));
}

std::string TraceId::to_traceparent() const {
  return "00-" + hex_ + "-" + secure_random_hex(kParentIdBytes) + "-01";
}

}  // namespace everbit
