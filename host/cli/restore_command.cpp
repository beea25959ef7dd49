#include "cli/restore_command.h"

#include <fcntl.h>
#include <sys/file.h>

#include <iostream>

#include "base/json_writer.h"
#include "cli/dump_loader.h"
#include "cli/session.h"
#include "plugins/unique_fd.h"
#include "store/high_water.h"
#include "store/old_data.h"

namespace everbit::cli {
namespace {

constexpr Help kHelp{
    "restore", "FILE [옵션 · options]",
    "pg_dump 백업을 빈 데이터베이스에 되돌립니다. everbitd가 멈춰 있어야 합니다.\n"
    "Puts a backup made by pg_dump into an empty database. everbitd must be stopped.\n"
    "같은 트랜잭션에서 거래를 OFF로 하고, 대기 중이던 주문은 중지하며, 보낸 주문은 UNKNOWN으로 "
    "바꿉니다.\n"
    "In the same transaction trading goes OFF, prepared orders are SUSPENDED, sent ones UNKNOWN, "
    "and\n"
    "waiting trade commands are dropped. Only you turn trading ON again (everbit kill on)."};

constexpr store::Sql kTables{R"sql(
  SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S'))sql"};

constexpr store::Sql kDaemons{R"sql(
  SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'everbitd%')sql"};

constexpr store::Sql kDone{R"sql(
  SELECT suspended, made_unknown, commands_dropped, newest_attempt_at FROM old_data
  ORDER BY id DESC LIMIT 1)sql"};

// Held while the dump is loaded: a daemon that starts meanwhile finds its ledger in use.
Result<plugins::UniqueFd> keep_daemon_out(const config::Settings& settings) {
  const auto ledger = settings.data.dir / "send.ledger";
  plugins::UniqueFd file(::open(ledger.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error("DAEMON_RUNS", "everbitd runs; stop it first");
  }
  return file;
}

Result<void> check_empty(store::Pool& pool, Deadline deadline) {
  auto daemons = pool.exec(deadline, kDaemons);
  if (!daemons) return daemons.error();
  if (daemons->front().get<std::int64_t>(0) != 0) {
    return Error("DAEMON_RUNS", "everbitd is connected to this database; stop it first");
  }
  auto tables = pool.exec(deadline, kTables);
  if (!tables) return tables.error();
  if (tables->front().get<std::int64_t>(0) != 0) {
    return Error("DATABASE_NOT_EMPTY", "restore into an empty database only", "database.url");
  }
  return {};
}

int report(const CommandLine& line, store::Pool& pool) {
  auto rows = pool.exec(command_deadline(), kDone);
  if (!rows) return fail(line, rows.error());
  const store::Row row = rows->front();
  if (line.json()) {
    JsonWriter json;
    json.begin_object()
        .field("account", "OFF")
        .field("suspended", row.get<std::int64_t>(0))
        .field("unknown", row.get<std::int64_t>(1))
        .field("commandsDropped", row.get<std::int64_t>(2))
        .end_object();
    std::cout << json.str() << '\n';
    return kOk;
  }
  std::cout << "되돌렸습니다 · restored\n  거래 · trading: OFF\n  중지한 주문 · suspended: "
            << row.text(0) << "\n  UNKNOWN: " << row.text(1)
            << "\n  버린 명령 · commands dropped: " << row.text(2)
            << "\neverbitd를 시작하면 업비트와 대조합니다. 확인한 뒤 everbit kill on\n"
               "start everbitd: it compares itself with Upbit. Look, then: everbit kill on\n";
  return kOk;
}

}  // namespace

int restore(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  if (const auto code = line.parse(arguments, 1)) return *code;
  if (line.words().size() != 1) return line.refuse("which file? everbit restore FILE");
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto kept_out = keep_daemon_out(*settings);
  if (!kept_out) return fail(line, kept_out.error());
  // A damaged mark says nothing; the restored data is settled as it is.
  const auto mark = store::HighWater::read(settings->data.dir / "high-water");
  {
    const auto pool = make_pool(*settings);
    if (auto empty = check_empty(*pool, command_deadline()); !empty) {
      return fail(line, empty.error());
    }
  }
  const auto loaded = load_dump(line.words().front(), std::string(settings->database.url.reveal()),
                                store::settle_old_data_sql(store::OldDataCause::kRestore,
                                                           mark ? *mark : std::optional<Uuid>()));
  if (!loaded) return fail(line, loaded.error());
  const auto pool = make_pool(*settings);
  return report(line, *pool);
}

}  // namespace everbit::cli
