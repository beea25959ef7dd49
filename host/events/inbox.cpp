#include "events/inbox.h"

#include <array>

#include "events/convert.h"

namespace everbit::events {
namespace {

// Above the numbers that bus plugins use.
constexpr std::uint32_t kStatementId = 1'000'001;
constexpr std::string_view kInsert =
    "INSERT INTO consumer_inbox (grp, event_id) VALUES ($1::varchar, $2::uuid) "
    "ON CONFLICT DO NOTHING";

}  // namespace

Result<bool> first_delivery(const eb_tx& tx, std::string_view group, const Uuid& event_id) {
  const auto* text = reinterpret_cast<const std::uint8_t*>(group.data());
  const std::array values{
      eb_value{EB_VALUE_TEXT, 0, 0, 0.0, {text, group.size()}},
      eb_value{EB_VALUE_UUID, 0, 0, 0.0, {event_id.bytes().data(), event_id.bytes().size()}}};
  std::uint64_t rows = 0;
  const eb_status status =
      tx.exec(tx.ctx_host, kStatementId, to_abi(kInsert), values.data(), 2, nullptr, &rows);
  if (status != EB_OK) return error_of(status, "consumer_inbox");
  return rows == 1;
}

}  // namespace everbit::events
