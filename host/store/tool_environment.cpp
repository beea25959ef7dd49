#include "store/tool_environment.h"

#include <libpq-fe.h>

#include <memory>

namespace everbit::store {

Result<std::vector<std::pair<std::string, std::string>>> tool_environment(const std::string& dsn) {
  // The parser's own message may quote the address.
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(dsn.c_str(), nullptr), &PQconninfoFree);
  if (!options) return Error("DB_DSN", "the address cannot be read", "database.url");
  std::vector<std::pair<std::string, std::string>> variables;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || option->envvar == nullptr) continue;
    variables.emplace_back(option->envvar, option->val);
  }
  return variables;
}

}  // namespace everbit::store
