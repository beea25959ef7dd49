// Any text as a decimal, a time, an id and a rate-limit header: what is accepted reads back as
// itself.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/decimal.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "net/origin.h"

using everbit::Decimal;
using everbit::DecimalParse;
using everbit::Timestamp;
using everbit::Uuid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const DecimalParse mode : {DecimalParse::kExact, DecimalParse::kDown}) {
    const auto number = Decimal::parse(text, mode);
    if (!number) continue;
    const auto again = Decimal::parse(number->to_string(), DecimalParse::kExact);
    if (!again || *again != *number) std::abort();
  }
  if (const auto time = Timestamp::parse(text)) {
    const auto again = Timestamp::parse(time->to_iso());
    if (!again || again->seconds() != time->seconds()) std::abort();
  }
  if (const auto id = Uuid::parse(text)) {
    const auto again = Uuid::parse(id->to_string());
    if (!again || *again != *id) std::abort();
  }
  if (const auto url = everbit::net::parse_url(text)) {
    if (url->origin.host.empty() || url->target.empty() || url->target.front() != '/') std::abort();
  }
  return 0;
}
