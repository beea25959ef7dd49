#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace everbit {

// A W3C trace id, passed along explicitly and logged as the field "traceId". A value.
class TraceId {
 public:
  // A new random id; any thread.
  static TraceId make();
  // 32 lower-case hex digits, not all zero.
  static std::optional<TraceId> parse(std::string_view hex);
  // The id in a "traceparent" header: "00-<trace id>-<parent id>-<flags>".
  static std::optional<TraceId> from_traceparent(std::string_view header);

  const std::string& hex() const { return hex_; }
  // A traceparent header with a new random parent id.
  std::string to_traceparent() const;

  friend bool operator==(const TraceId&, const TraceId&) = default;

 private:
  explicit TraceId(std::string hex) : hex_(std::move(hex)) {}
  std::string hex_;
};

}  // namespace everbit
