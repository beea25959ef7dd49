#include "store/bus_transaction.h"

#include <algorithm>
#include <exception>

#include "store/errors.h"

namespace everbit::store {
namespace {

std::string_view view_of(eb_str text) { return {text.ptr == nullptr ? "" : text.ptr, text.len}; }

std::span<const std::uint8_t> view_of(eb_bytes bytes) { return {bytes.ptr, bytes.len}; }

std::optional<Param> to_param(const eb_value& value) {
  const auto bytes = view_of(value.bytes);
  switch (value.kind) {
    case EB_VALUE_NULL:
      return Param(std::nullopt);
    case EB_VALUE_BOOL:
      return Param(value.integer != 0);
    case EB_VALUE_INT:
      return Param(value.integer);
    case EB_VALUE_DOUBLE:
      return Param(value.real);
    case EB_VALUE_TEXT:
      return Param(std::string(bytes.begin(), bytes.end()));
    case EB_VALUE_BYTES:
      return Param(Bytes{bytes});
    case EB_VALUE_UUID: {
      Uuid::Bytes raw{};
      if (bytes.size() != raw.size()) return std::nullopt;
      std::copy(bytes.begin(), bytes.end(), raw.begin());
      return Param(Uuid(raw));
    }
    case EB_VALUE_TS:
      return Param(Timestamp::from_ns(value.integer));
    default:
      return std::nullopt;
  }
}

eb_value to_cell(const Row& row, int column) {
  eb_value cell{};
  if (row.is_null(column)) return cell;
  const std::string_view text = row.text(column);
  cell.kind = EB_VALUE_TEXT;
  cell.bytes.ptr = reinterpret_cast<const std::uint8_t*>(text.data());
  cell.bytes.len = text.size();
  return cell;
}

eb_status hand_over(const Rows& rows, const eb_row_sink& sink) {
  std::vector<eb_value> cells;
  for (const Row row : rows) {
    cells.clear();
    for (int column = 0; column < row.columns(); ++column) cells.push_back(to_cell(row, column));
    const eb_status status =
        sink.row(sink.ctx_plug, cells.data(), static_cast<std::uint32_t>(cells.size()));
    if (status != EB_OK) return status;
  }
  return EB_OK;
}

}  // namespace

BusTransaction::BusTransaction(Transaction& transaction) : transaction_(transaction) {
  tx_.size = sizeof tx_;
  tx_.ctx_host = this;
  tx_.exec = &BusTransaction::exec;
}

// The edge of the ABI: no exception passes it.
eb_status BusTransaction::exec(void* ctx_host, std::uint32_t, eb_str sql, const eb_value* values,
                               std::uint32_t n, const eb_row_sink* rows, std::uint64_t* affected) {
  auto& self = *static_cast<BusTransaction*>(ctx_host);
  try {
    return self.run(Sql{view_of(sql)}, {values, n}, rows, affected);
  } catch (const std::exception& failure) {
    self.error_ = make_error(kSqlError, failure.what());
    self.transaction_.rollback();
    return EB_ERR_EXCEPTION;
  }
}

eb_status BusTransaction::run(Sql sql, std::span<const eb_value> values, const eb_row_sink* sink,
                              std::uint64_t* affected) {
  std::vector<Param> params;
  params.reserve(values.size());
  for (const eb_value& value : values) {
    auto param = to_param(value);
    if (!param) {
      error_ = make_error(kBadParameter, "a value of unknown kind or length");
      transaction_.rollback();
      return EB_ERR_ARGUMENT;
    }
    params.push_back(std::move(*param));
  }
  auto rows = transaction_.exec_params(sql, params);
  if (!rows) {
    error_ = rows.error();
    if (error_->code == kUniqueViolation) return EB_ERR_DUPLICATE;
    if (error_->code == kBadParameter) return EB_ERR_ARGUMENT;
    return EB_ERR_TX_LOST;
  }
  if (affected != nullptr) *affected = static_cast<std::uint64_t>(rows->affected());
  const eb_status handed = sink == nullptr ? EB_OK : hand_over(*rows, *sink);
  if (handed != EB_OK) {
    error_ = make_error(kSqlError, "the bus did not take a row");
    transaction_.rollback();
  }
  return handed;
}

}  // namespace everbit::store
