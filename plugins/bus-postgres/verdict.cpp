#include "bus-postgres/verdict.h"

namespace everbit::bus_postgres {
namespace {

// Cuts at the start of a UTF-8 character.
std::string_view cut(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::string_view code_of(const eb_settle& settle) { return cut(view(settle.code), 64); }
std::string_view message_of(const eb_settle& settle) { return cut(view(settle.message), 2000); }

bool is_verdict(const eb_settle& settle) {
  return settle.outcome >= EB_SETTLE_DONE && settle.outcome <= EB_SETTLE_RELEASE;
}

}  // namespace everbit::bus_postgres
