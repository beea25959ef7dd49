#include "bus-postgres/maintenance.h"

namespace everbit::bus_postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 500ms;
constexpr auto kVacuumInterval = 60s;
constexpr std::uint64_t kVacuumRows = 20'000;
// How long closing may wait for a vacuum or a rebuild that has begun.
constexpr auto kLimit = 10s;

// An index entry takes some forty bytes; half-full pages are normal.
constexpr Statement kBloat{100, R"(
SELECT pg_relation_size('outbox_queue_pkey') >
       8 * greatest(8 * 1024 * 1024, 40 * (SELECT greatest(reltuples, 0) FROM pg_class
                                           WHERE oid = 'outbox_queue'::regclass)))"};

// What a rebuild that was cut off has left behind.
constexpr Statement kLeftovers{101, R"(
SELECT format('DROP INDEX IF EXISTS %s', i.indexrelid::regclass) FROM pg_index i
WHERE i.indrelid = 'outbox_queue'::regclass AND NOT i.indisvalid)"};

}  // namespace

Maintenance::Maintenance(const std::string& url, Shared& shared)
    : shared_(shared),
      connection_(url, false),
      last_(std::chrono::steady_clock::now()),
      thread_([this] { run(); }) {}

Maintenance::~Maintenance() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Maintenance::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kLook, [this] { return stopping_; })) {
    if (!due(std::chrono::steady_clock::now())) continue;
    lock.unlock();
    vacuum();
    lock.lock();
  }
}

bool Maintenance::due(SteadyTime now) {
  const std::uint64_t settled = shared_.settled - settled_before_;
  return settled >= kVacuumRows || (settled > 0 && now - last_ >= kVacuumInterval);
}

void Maintenance::vacuum() {
  settled_before_ = shared_.settled;
  last_ = std::chrono::steady_clock::now();
  if (connection_.open(last_ + 2s) != EB_OK) return;
  // The limit of ordinary statements is too short for a table that was neglected.
  if (connection_.command("SET statement_timeout = '9s'", 2s) != EB_OK) return;
  // Failures are harmless: another process is at it, or the next round does it.
  if (connection_.command("VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) outbox_queue", kLimit) == EB_OK) {
    rebuild_bloated_index();
  }
}

void Maintenance::rebuild_bloated_index() {
  Rows rows;
  if (connection_.query(kBloat, {}, &rows) != EB_OK || rows.text(0, 0) != "t") return;
  if (connection_.query(kLeftovers, {}, &rows) != EB_OK) return;
  for (int row = 0; row < rows.size(); ++row) {
    connection_.command(std::string(rows.text(row, 0)), kLimit);
  }
  connection_.command("REINDEX INDEX CONCURRENTLY outbox_queue_pkey", kLimit);
}

}  // namespace everbit::bus_postgres
