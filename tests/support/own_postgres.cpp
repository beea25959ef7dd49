#include "support/own_postgres.h"

#include <cstdlib>
#include <stdexcept>

namespace everbit::test {
namespace {

std::string script() {
  const char* source = std::getenv("EVERBIT_SOURCE_DIR");
  if (source == nullptr) throw std::runtime_error("EVERBIT_SOURCE_DIR is not set: run by ctest");
  return std::string(source) + "/tests/support/own_postgres.py";
}

}  // namespace

OwnPostgres::OwnPostgres() : server_({"/usr/bin/python3", "-B", script()}), dsn_(server_.hear()) {
  if (dsn_.empty()) throw std::runtime_error("no PostgreSQL of its own");
}

void OwnPostgres::order(const std::string& what) {
  server_.say(what);
  if (server_.hear() != "done") throw std::runtime_error("PostgreSQL: no " + what);
}

}  // namespace everbit::test
