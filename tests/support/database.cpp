#include "support/database.h"

#include <stdexcept>

#include "base/random.h"
#include "store/migrations.h"
#include "support/services.h"

namespace everbit::test {
namespace {

constexpr std::chrono::seconds kPatience{60};

std::string server_dsn() { return service_value("postgres", "POSTGRES_DSN"); }

store::ConnectSettings settings_for(const std::string& dsn) {
  store::ConnectSettings settings;
  settings.dsn = dsn;
  settings.application_name = "everbit-test";
  settings.statement_timeout = kPatience;
  settings.lock_timeout = kPatience;
  return settings;
}

store::Connection connect(const std::string& dsn) {
  return store::Connection::open(settings_for(dsn), Deadline::after(kPatience)).value();
}

store::Rows run(store::Connection& connection, const std::string& text) {
  return connection.exec_script(Deadline::after(kPatience), text).value();
}

// Differs with the text of every migration, so that a server that outlives a rebuild is no trap.
std::string template_name() {
  std::size_t hash = 0;
  for (const store::Migration& migration : store::embedded_migrations()) {
    hash = hash * 31 + std::hash<std::string_view>{}(migration.sql);
  }
  return "everbit_template_" + std::to_string(hash);
}

// Made under another name and renamed when it is whole; the others wait for the lock.
void ensure_template(store::Connection& admin, const std::string& name) {
  run(admin, "SELECT pg_advisory_lock(hashtextextended('everbit test template', 0))");
  const auto known = run(admin, "SELECT FROM pg_database WHERE datname = '" + name + "'");
  if (known.empty()) {
    const std::string raw = name + "_raw";
    run(admin, "DROP DATABASE IF EXISTS " + raw);
    run(admin, "CREATE DATABASE " + raw + " TEMPLATE template0");
    store::apply_migrations(settings_for(server_dsn() + " dbname=" + raw),
                            Deadline::after(kPatience))
        .value();
    run(admin, "ALTER DATABASE " + raw + " RENAME TO " + name);
  }
  run(admin, "SELECT pg_advisory_unlock(hashtextextended('everbit test template', 0))");
}

}  // namespace

TestDatabase::TestDatabase(Schema schema) : name_("t_" + secure_random_hex(8)) {
  auto admin = connect(server_dsn() + " dbname=postgres");
  std::string source = "template0";
  if (schema == Schema::kMigrated) ensure_template(admin, source = template_name());
  run(admin, "CREATE DATABASE " + name_ + " TEMPLATE " + source);
  dsn_ = server_dsn() + " dbname=" + name_;
}

TestDatabase::~TestDatabase() {
  auto admin = store::Connection::open(settings_for(server_dsn() + " dbname=postgres"),
                                       Deadline::after(kPatience));
  // A test that stopped the server has nothing left to drop.
  if (admin) {
    (void)admin->exec_script(Deadline::after(kPatience),
                             "DROP DATABASE " + name_ + " WITH (FORCE)");
  }
}

int TestDatabase::port() const { return std::stoi(service_value("postgres", "POSTGRES_PORT")); }

store::ConnectSettings TestDatabase::settings() const {
  store::ConnectSettings settings;
  settings.dsn = dsn_;
  settings.application_name = "everbit-test";
  return settings;
}

std::unique_ptr<store::Pool> TestDatabase::make_pool(std::size_t connections) const {
  return std::make_unique<store::Pool>(store::PoolSettings{settings(), connections});
}

store::Rows TestDatabase::sql(const std::string& text) const {
  auto connection = connect(dsn_);
  return run(connection, text);
}

std::string TestDatabase::value(const std::string& query) const {
  return std::string(sql(query).front().text(0));
}

Error TestDatabase::error_of(const std::string& text) const {
  auto connection = connect(dsn_);
  auto done = connection.exec_script(Deadline::after(kPatience), text);
  return done ? Error("NONE", "the statement did not fail") : done.error();
}

}  // namespace everbit::test
