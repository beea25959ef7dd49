#include "bus-postgres/statement.h"

#include <cstring>

namespace everbit::bus_postgres {

eb_status TxExecutor::run(const Statement& statement, std::span<const eb_value> values,
                          std::uint64_t* affected) {
  const eb_str sql{statement.sql, std::strlen(statement.sql)};
  return tx_.exec(tx_.ctx_host, statement.id, sql, values.data(),
                  static_cast<std::uint32_t>(values.size()), nullptr, affected);
}

}  // namespace everbit::bus_postgres
