#include "store/diagnostics.h"

#include <array>
#include <vector>

namespace everbit::store {
namespace {

constexpr std::string_view kDetail = "DETAIL:  ";
constexpr std::string_view kConstraint = "CONSTRAINT NAME:  ";
constexpr std::string_view kLocation = "LOCATION:  ";

// In the order in which libpq writes them.
constexpr std::array<std::string_view, 10> kLabels = {
    kDetail,         "HINT:  ",        "QUERY:  ",         "CONTEXT:  ", "SCHEMA NAME:  ",
    "TABLE NAME:  ", "COLUMN NAME:  ", "DATATYPE NAME:  ", kConstraint,  kLocation};

bool begins_a_field(std::string_view line) {
  if (line.starts_with("LINE ")) return true;
  for (const std::string_view label : kLabels) {
    if (line.starts_with(label)) return true;
  }
  return false;
}

// Lines that begin no field belong to the one before.
std::vector<std::string_view> split_fields(std::string_view text) {
  std::vector<std::string_view> fields;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t next = end + 1;
    if (next >= text.size() || begins_a_field(text.substr(next))) {
      fields.push_back(text.substr(begin, end - begin));
      begin = next;
    }
    at = next;
  }
  return fields;
}

// "ERROR:  23505: duplicate key …" without what stands before the message.
std::string_view without_prefix(std::string_view primary, std::string_view sqlstate) {
  if (sqlstate.empty()) return primary;
  const std::string prefix = std::string(sqlstate) + ": ";
  const std::size_t at = primary.find(prefix);
  return at == std::string_view::npos ? primary : primary.substr(at + prefix.size());
}

}  // namespace

Diagnostics read_diagnostics(std::string_view text, std::string_view sqlstate) {
  Diagnostics said;
  auto fields = split_fields(text);
  if (fields.empty()) return said;
  said.message = without_prefix(fields.front(), sqlstate);
  for (const std::string_view field : fields) {
    if (!field.starts_with(kDetail)) continue;
    said.message += "; " + std::string(field.substr(kDetail.size()));
    break;
  }
  if (fields.back().starts_with(kLocation)) fields.pop_back();
  if (fields.size() > 1 && fields.back().starts_with(kConstraint)) {
    said.constraint = fields.back().substr(kConstraint.size());
  }
  return said;
}

}  // namespace everbit::store
