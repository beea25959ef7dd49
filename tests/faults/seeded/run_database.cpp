#include "faults/seeded/run_database.h"

#include <chrono>

#include "base/random.h"
#include "store/migrations.h"

namespace everbit::faults {
namespace {

constexpr std::chrono::seconds kPatience{30};

// A sequence holds the microseconds since 1970: unlike a row it costs next to nothing to read, and
// what it says counts at once.
constexpr const char* kTime = R"sql(
CREATE SCHEMA run_time;
CREATE SEQUENCE run_time.clock;
CREATE FUNCTION run_time.now() RETURNS timestamptz LANGUAGE sql AS
  $$SELECT timestamptz 'epoch' + interval '1 us' * pg_sequence_last_value('run_time.clock'::regclass)$$;
CREATE FUNCTION run_time.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
  $$SELECT timestamptz 'epoch' + interval '1 us' * pg_sequence_last_value('run_time.clock'::regclass)$$;
SELECT setval('run_time.clock', 1800000000000000);
)sql";
constexpr const char* kSearchPath = " SET search_path = public, run_time, pg_catalog";

// Besides what a run itself must not forget.
constexpr const char* kEmpty = R"sql(
SET session_replication_role = replica;
DELETE FROM attempt_history; DELETE FROM fill_conflict; DELETE FROM fill; DELETE FROM trade;
DELETE FROM position; DELETE FROM upbit_order; DELETE FROM order_attempt; DELETE FROM order_intent;
DELETE FROM decision; DELETE FROM signal; DELETE FROM strategy_state; DELETE FROM exchange_block;
DELETE FROM outbox_queue; DELETE FROM outbox_delayed; DELETE FROM outbox_dead; DELETE FROM outbox_event;
DELETE FROM account_balance; DELETE FROM trader_instance; DELETE FROM audit_log;
DELETE FROM reconcile_run; DELETE FROM position_mismatch; DELETE FROM consumer_inbox;
DELETE FROM notification_log;
UPDATE outbox_lane SET owner = NULL, lease_until = NULL, inflight_hi = 0 WHERE owner IS NOT NULL;
UPDATE market_state SET trade_status = 'ACTIVE', suspend_reason_code = NULL, suspended_at = NULL,
  last_signal_at = NULL;
UPDATE kill_switch SET account_position = 'ON', reason_code = NULL, flatten_active = false;
SET session_replication_role = origin;
SELECT setval(c.oid, 1, false) FROM pg_class c
WHERE c.relkind = 'S' AND (c.relname = 'outbox_id' OR c.relname ~ '^(attempt_history|fill|fill_conflict|trade|position|upbit_order|order_attempt|order_intent|decision|signal|strategy_state|reconcile_run|audit_log|notification_log)_id_seq$');
)sql";

constexpr const char* kHistory = R"sql(
CREATE TABLE attempt_history (id bigint GENERATED ALWAYS AS IDENTITY, attempt_id bigint, status text,
                              error_code text);
CREATE FUNCTION keep_attempt_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO attempt_history (attempt_id, status, error_code) VALUES (NEW.id, NEW.status, NEW.error_code);
  RETURN NULL;
END $$;
CREATE TRIGGER z_history AFTER INSERT OR UPDATE OF status ON order_attempt
  FOR EACH ROW EXECUTE FUNCTION keep_attempt_history();
)sql";

store::ConnectSettings settings_for(const std::string& dsn) {
  store::ConnectSettings settings;
  settings.dsn = dsn;
  settings.application_name = "everbit-faults";
  settings.statement_timeout = kPatience;
  // Nobody waits for a lock here: only one works at a time, and none while it holds one.
  settings.lock_timeout = std::chrono::milliseconds(2000);
  return settings;
}

std::unique_ptr<store::Connection> connect(const std::string& dsn) {
  return std::make_unique<store::Connection>(
      store::Connection::open(settings_for(dsn), Deadline::after(kPatience)).value());
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

}  // namespace

RunDatabase::RunDatabase(const std::string& server)
    : name_("run_" + secure_random_hex(6)),
      server_(server),
      dsn_(server + " dbname=" + name_),
      owner_public_id_(Uuid::make_v7(SystemClock().now())) {
  (void)connect(server + " dbname=postgres")
      ->exec_script(Deadline::after(kPatience), "CREATE DATABASE " + name_ + " TEMPLATE template0")
      .value();
  admin_ = connect(dsn_);
  (void)sql(kTime);
  // Of the database and not of the user, whose row several processes would write at once.
  (void)sql("ALTER DATABASE " + name_ + kSearchPath);
  admin_ = connect(dsn_);
  store::apply_migrations(settings_for(dsn_), Deadline::after(kPatience)).value();
  (void)sql(kHistory);
  (void)sql("SET synchronous_commit = off");
  const std::string owner = value("INSERT INTO app_user (public_id) VALUES (" +
                                  quoted(owner_public_id_.to_string()) + ") RETURNING id");
  owner_ = store::OwnerId(std::stoll(owner));
  (void)sql("INSERT INTO kill_switch (owner_id, account_position, enabled_strategies) VALUES (" +
            owner + ", 'ON', '[\"FOLLOWER\"]');" +
            "INSERT INTO market_config (owner_id, market, enabled) VALUES (" + owner +
            ", 'KRW-BTC', true);" +
            "INSERT INTO strategy_activation (owner_id, strategy_key, generation, sha256, "
            "config_version) VALUES (" +
            owner + ", 'FOLLOWER', 1, repeat('a', 64), 1);");
  pool_ = std::make_unique<store::Pool>(store::PoolSettings{settings_for(dsn_), 8});
}

RunDatabase::~RunDatabase() {
  pool_.reset();
  admin_.reset();
  (void)connect(server_ + " dbname=postgres")
      ->exec_script(Deadline::after(kPatience), "DROP DATABASE " + name_ + " WITH (FORCE)");
}

store::Rows RunDatabase::sql(const std::string& text) {
  return admin_->exec_script(Deadline::after(kPatience), text).value();
}

void RunDatabase::set_time(Timestamp now) {
  (void)sql("SELECT setval('run_time.clock', " + std::to_string(now.ns() / 1000) + ")");
}

void RunDatabase::empty(Timestamp as_of) {
  const std::string owner = std::to_string(owner_.value());
  (void)sql(std::string(kEmpty) +
            "INSERT INTO strategy_state (owner_id, strategy_key, market, timeframe, mode, "
            "generation, plugin_version, sha256, state_schema, state_version, state, as_of) "
            "VALUES (" +
            owner +
            ", 'FOLLOWER', 'KRW-BTC', '1m', 'REAL', 1, '1.0.0', repeat('a', 64), "
            "'follower', 1, '', " +
            quoted(as_of.to_iso()) + ");" +
            "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, reading_at) "
            "VALUES (" +
            owner + ", 'KRW', 'REAL', 10000000, 0, now());");
}

}  // namespace everbit::faults
