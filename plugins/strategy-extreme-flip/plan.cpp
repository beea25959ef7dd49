#include "plan.h"

#include <array>
#include <charconv>
#include <cmath>

#include "eb.hpp"

namespace everbit::extreme_flip {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw eb::Failure(EB_ERR_PARSE,
                    "not a plan of this strategy: " + std::string(text.substr(0, 80)));
}

template <class Number>
void append(std::string& out, const char* key, Number value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(key).append(digits.data(), end);
}

// Takes "key=value" and its separator off the front of rest.
std::string_view take(std::string_view& rest, std::string_view key) {
  if (!rest.starts_with(key)) refuse(rest);
  rest.remove_prefix(key.size());
  const std::size_t end = rest.find(';');
  const std::string_view value = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return value;
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) refuse(text);
  return value;
}

}  // namespace

std::string PlanFields::to_text() const {
  std::string out;
  append(out, "atr=", atr);
  out.append(";regime=").append(name_of(regime));
  append(out, ";entry=", entry_close);
  append(out, ";part=", part_close);
  append(out, ";exit=", exit_close);
  append(out, ";intent=", exit_intent);
  append(out, ";reason=", exit_reason);
  return out;
}

PlanFields PlanFields::parse(std::string_view text) {
  PlanFields plan;
  std::string_view rest = text;
  plan.atr = number<double>(take(rest, "atr="));
  const auto regime = regime_named(take(rest, "regime="));
  plan.entry_close = number<eb_ts>(take(rest, "entry="));
  plan.part_close = number<eb_ts>(take(rest, "part="));
  plan.exit_close = number<eb_ts>(take(rest, "exit="));
  plan.exit_intent = number<std::int32_t>(take(rest, "intent="));
  plan.exit_reason = number<std::int32_t>(take(rest, "reason="));
  if (!regime || !rest.empty() || !std::isfinite(plan.atr) || plan.atr < 0) refuse(text);
  plan.regime = *regime;
  return plan;
}

}  // namespace everbit::extreme_flip
