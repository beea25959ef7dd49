#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eb.hpp"
#include "everbit/ext/params.h"

// Parameters: one table says what there is, shows it to the owner and checks what is given.
namespace eb {

struct Param {
  std::int32_t type;  // EB_PARAM_*
  std::string_view key;
  std::string_view default_value;
  std::string_view min_value;  // empty: no bound
  std::string_view max_value;
  std::string_view unit;
  std::string_view group;
  std::string_view label_ko;
  std::string_view label_en;
  std::uint32_t flags = 0;
};

namespace detail {

inline std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

inline std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace detail

// The values of one instance. The constructor refuses, with a text that names the key: an unknown
// key, one given twice, a value of the wrong type, a value out of its bounds.
class ParamValues {
 public:
  ParamValues(std::span<const Param> table, std::span<const eb_field> given) : table_(table) {
    values_.reserve(table.size());
    for (const Param& param : table) values_.emplace_back(param.default_value);
    std::vector<bool> seen(table.size(), false);
    for (const eb_field& field : given) {
      const std::size_t at = index_of(view(field.key));
      if (seen[at]) throw Failure(EB_ERR_DUPLICATE, named(table[at].key) + " is given twice");
      seen[at] = true;
      check_value(table[at], view(field.value));
      values_[at] = std::string(view(field.value));
    }
  }

  double real(std::string_view key) const { return *detail::parse_real(text(key)); }
  std::int64_t integer(std::string_view key) const { return *detail::parse_integer(text(key)); }
  int count(std::string_view key) const { return static_cast<int>(integer(key)); }
  bool boolean(std::string_view key) const { return text(key) == "true"; }
  const std::string& text(std::string_view key) const { return values_[index_of(key)]; }

 private:
  static std::string named(std::string_view key) { return "parameter " + std::string(key); }

  std::size_t index_of(std::string_view key) const {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (table_[i].key == key) return i;
    }
    throw Failure(EB_ERR_UNKNOWN_KEY, "unknown " + named(key));
  }

  static void check_value(const Param& param, std::string_view value) {
    switch (param.type) {
      case EB_PARAM_BOOL:
        if (value != "true" && value != "false") {
          throw Failure(EB_ERR_PARSE, named(param.key) + " must be true or false");
        }
        return;
      case EB_PARAM_INTEGER:
        if (!detail::parse_integer(value)) {
          throw Failure(EB_ERR_PARSE, named(param.key) + " must be a whole number");
        }
        break;
      case EB_PARAM_REAL:
      case EB_PARAM_DECIMAL:
        if (!detail::parse_real(value)) {
          throw Failure(EB_ERR_PARSE, named(param.key) + " must be a number");
        }
        break;
      default:
        return;
    }
    check_bounds(param, *detail::parse_real(value));
  }

  static void check_bounds(const Param& param, double value) {
    const bool low = !param.min_value.empty() && value < *detail::parse_real(param.min_value);
    const bool high = !param.max_value.empty() && value > *detail::parse_real(param.max_value);
    if (low || high) {
      throw Failure(EB_ERR_RANGE, named(param.key) + " must lie between " +
                                      std::string(param.min_value) + " and " +
                                      std::string(param.max_value));
    }
  }

  std::span<const Param> table_;
  std::vector<std::string> values_;
};

// eb.params/1 of a table: tells the host every parameter in the order of the table.
inline void describe(std::span<const Param> table, const eb_param_sink& sink) {
  for (const Param& param : table) {
    const eb_param_info info{sizeof(eb_param_info), param.type,
                             param.flags,           0,
                             str(param.key),        str(param.default_value),
                             str(param.min_value),  str(param.max_value),
                             str(param.unit),       str(param.group),
                             str(param.label_ko),   str(param.label_en)};
    check(sink.param(sink.ctx_host, &info), "the parameter sink failed");
  }
}

}  // namespace eb
