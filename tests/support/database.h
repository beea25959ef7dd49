#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "store/pool.h"

namespace everbit::test {

// A database of its own on the private PostgreSQL of the fixture `postgres`, dropped at the end. It
// is copied from a migrated template that is made once a server, so that it costs 60 to 200 ms.
// Throws std::runtime_error when the fixture does not run: give the test FIXTURES postgres.
class TestDatabase {
 public:
  enum class Schema { kMigrated, kEmpty };
  explicit TestDatabase(Schema schema = Schema::kMigrated);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // Over loopback TCP.
  const std::string& dsn() const { return dsn_; }
  const std::string& name() const { return name_; }
  int port() const;
  store::ConnectSettings settings() const;
  std::unique_ptr<store::Pool> make_pool(std::size_t connections = 4) const;

  // Runs SQL text, several statements if need be, on a connection of its own; throws on an error.
  store::Rows sql(const std::string& text) const;
  // One column of one row, as text.
  std::string value(const std::string& query) const;
  // The error of a statement that must fail; code NONE when it did not.
  Error error_of(const std::string& text) const;

 private:
  std::string name_;
  std::string dsn_;
};

}  // namespace everbit::test
