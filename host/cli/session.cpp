#include "cli/session.h"

#include <array>
#include <iostream>

#include "config/load.h"
#include "store/installation.h"
#include "store/migrations.h"

namespace everbit::cli {
namespace {

struct Advice {
  std::string_view code;
  std::string_view text;
};

constexpr std::array kAdvice = {
    Advice{"DB_UNAVAILABLE",
           "PostgreSQL이 실행 중인지, 설정 database.url 또는 비밀값 DATABASE_URL이 맞는지 "
           "확인하십시오\n"
           "check that PostgreSQL runs, and the setting database.url or the secret DATABASE_URL"},
    Advice{"DB_TIMEOUT",
           "데이터베이스가 바쁩니다. 잠시 후 다시 시도하십시오 · the database is busy: try again"},
    Advice{"DB_CONNECTION_LOST",
           "연결이 끊겼습니다. 결과를 확인한 뒤 다시 시도하십시오\n"
           "the connection broke: look at the state before you try again"},
    Advice{"DATABASE_UNAVAILABLE",
           "데몬의 데이터베이스가 응답하지 않습니다 · the daemon's database does not answer"},
    Advice{"ADMIN_SILENT",
           "데몬이 답하지 않았습니다. everbit status 로 확인한 뒤 다시 시도하십시오\n"
           "the daemon has not answered: look at everbit status before you try again"},
    Advice{"NOT_OWNER",
           "root나 데몬의 그룹에 속한 사용자로 실행하십시오 · run it as root or in the daemon's "
           "group"},
    Advice{"SCHEMA_OUTDATED", "everbit migrate 를 실행하십시오 · run everbit migrate"},
    Advice{
        "DUMP_TOOL",
        "PostgreSQL 클라이언트(psql, pg_restore)를 설치하십시오 · install the PostgreSQL client"},
    Advice{"DATABASE_NOT_EMPTY",
           "빈 데이터베이스를 새로 만들어 database.url로 지정하십시오\n"
           "make a new, empty database and name it in database.url"},
    Advice{"UPBIT_BLOCKED_418",
           "차단이 끝날 때까지 기다리십시오 · wait until the block is over (everbit kill status)"},
    Advice{"QUARANTINE",
           "주문이 아직 나타날 수 있습니다. 기다린 뒤 다시 시도하십시오 · wait, then try again"},
    Advice{"NOT_STUCK",
           "ORDER_STUCK으로 알린, 아직 끝나지 않은 주문만 취소를 요청할 수 있습니다\n"
           "only an order that ORDER_STUCK was raised for, and that has not ended"},
    Advice{"ADMIN_UNREACHABLE",
           "everbitd를 시작한 뒤 다시 시도하십시오 · start everbitd, then try again"},
    Advice{"KILL_SWITCH_OFF",
           "everbit kill exits 로 매도를 허용하십시오 · allow exits with everbit kill exits"},
    Advice{"NO_TRADER", "everbitd를 시작한 뒤 다시 시도하십시오 · start everbitd, then try again"},
    Advice{"POSITION_MISMATCH",
           "everbit position show 로 확인한 뒤 everbit position set 으로 바로잡으십시오\n"
           "look with everbit position show, then correct it with everbit position set"},
    Advice{
        "MARKET_HAS_UNKNOWN",
        "끝을 모르는 주문이 먼저 확인되어야 합니다 · the end of these orders must be known first"},
    Advice{"INTENT_OPEN",
           "진행 중인 주문이 끝난 뒤 다시 시도하십시오 · try again when the order has ended"},
    Advice{"TRADER_UNAVAILABLE",
           "everbitd가 REAL 모드로 실행 중인지 확인하십시오\n"
           "check that everbitd runs, in REAL mode"},
    Advice{"CANDLES_DIFFER",
           "파일이 맞다면 --replace 를 붙이십시오 · add --replace if the file is right"},
    Advice{"CANDLES_NOT_READ",
           "읽은 것은 저장되었습니다. 같은 명령을 다시 실행하십시오\n"
           "what was read is stored: run the same command again"},
    Advice{"CANDLES_NONE",
           "everbit candles verify 로 저장된 캔들을 볼 수 있습니다\n"
           "everbit candles verify shows what is stored"},
    Advice{"NOT_RECORDED",
           "everbitd가 그날 실행 중이었는지, --mode와 --date가 맞는지 확인하십시오. 기록은 30일 "
           "남습니다\n"
           "check that everbitd ran on that day, --mode and --date; records are kept for 30 days"},
    Advice{"KILL_FILE_PRESENT",
           "파일을 지운 뒤 다시 시도하십시오 · remove the file, then try again"},
};

}  // namespace

std::optional<config::Settings> load_settings(const CommandLine& line) {
  config::Secrets secrets = config::take_secrets();
  for (const auto* key : {"UPBIT_ACCESS_KEY", "UPBIT_SECRET_KEY"}) {
    secrets.found.try_emplace(key, Secret("not needed"));
  }
  auto loaded = config::load_settings(line.config(), secrets);
  for (const auto& problem : loaded.problems) std::cerr << to_string(problem) << '\n';
  if (!loaded.settings) {
    std::cerr
        << "everbit " << line.command()
        << ": 설정을 고치십시오 · correct the settings (everbit config check --config FILE)\n";
  }
  return std::move(loaded.settings);
}

store::ConnectSettings connect_settings(const config::Settings& settings) {
  store::ConnectSettings connect;
  connect.dsn = settings.database.url.reveal();
  connect.application_name = "everbit";
  return connect;
}

std::unique_ptr<store::Pool> make_pool(const config::Settings& settings) {
  return std::make_unique<store::Pool>(store::PoolSettings{connect_settings(settings), 1});
}

Result<OpenDatabase> open_database(const config::Settings& settings, Deadline deadline) {
  if (auto good = store::check_schema(connect_settings(settings), deadline); !good) {
    return good.error();
  }
  OpenDatabase database{make_pool(settings), {}};
  auto owner = store::ensure_owner(*database.pool, SystemClock(), deadline);
  if (!owner) return owner.error();
  database.owner = *owner;
  return database;
}

Deadline command_deadline() { return Deadline::after(std::chrono::seconds(15)); }

int fail(const CommandLine& line, const Error& error) {
  std::cerr << "everbit " << line.command() << ": " << to_string(error) << '\n';
  for (const Advice& advice : kAdvice) {
    if (advice.code == error.code) std::cerr << advice.text << '\n';
  }
  return kFailed;
}

}  // namespace everbit::cli
