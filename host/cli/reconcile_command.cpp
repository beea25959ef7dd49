#include "cli/reconcile_command.h"

#include <iostream>
#include <thread>

#include "api/reconcile_json.h"
#include "base/json_writer.h"
#include "cli/daemon.h"
#include "cli/own_switch.h"
#include "cli/session.h"
#include "trading/reconcile/run_log.h"

namespace everbit::cli {
namespace {

namespace po = boost::program_options;

constexpr Help kHelp{
    "reconcile", "[--open-orders-only] [--wait SECONDS] [옵션 · options]",
    "주문, 체결, 잔고를 업비트와 지금 대조합니다. 실행 중인 everbitd가 합니다.\n"
    "Compares orders, fills and balances with Upbit now. The running everbitd does it.\n"
    "기록만 바로잡으며 주문은 하지 않습니다 · it repairs records and never trades."};

constexpr std::chrono::milliseconds kLookEvery{200};

// Until it ended, or the time is over.
Result<std::string> follow(trading::RunLog& log, const Uuid& run, Deadline deadline) {
  while (true) {
    const auto state = log.state(run);
    if (!state) return state.error();
    const std::string now = state->value_or("ABANDONED");
    if ((now != "WAITING" && now != "RUNNING") || deadline.expired()) return now;
    std::this_thread::sleep_for(kLookEvery);
  }
}

int run(const CommandLine& line, trading::ReconcileScope scope, std::chrono::seconds patience) {
  const auto settings = load_settings(line);
  if (!settings) return kFailed;
  const auto database = open_database(*settings, command_deadline());
  if (!database) return fail(line, database.error());
  trading::RunLog log(*database->pool, database->owner);
  JsonWriter body;
  body.begin_object().field("scope", to_string(scope)).end_object();
  const auto answer =
      daemon_or(*settings, {"POST", "reconcile", body.take()}, [&]() -> Result<std::string> {
        const auto job = log.request(scope, OwnSwitch::actor().name);
        if (!job) return job.error();
        return api::accepted_json(*job);
      });
  if (!answer) return fail(line, answer.error());
  const auto asked = api::parse_job(*answer);
  if (!asked) return fail(line, unreadable_answer());
  const auto state = follow(log, *asked, Deadline::after(patience));
  if (!state) return fail(line, state.error());
  if (line.json()) {
    JsonWriter json;
    json.begin_object().field("jobId", *asked).field("status", *state).end_object();
    std::cout << json.str() << '\n';
  } else {
    std::cout << *state << '\n';
  }
  if (*state == "WAITING") {
    return fail(line, Error("TRADER_UNAVAILABLE", "no trader took it up; it waits for one"));
  }
  return *state == "DONE" || *state == "RUNNING" ? kOk : kFailed;
}

}  // namespace

int reconcile(Arguments arguments) {
  CommandLine line(kHelp, CommandLine::Settings::kNeeded);
  line.add()("open-orders-only", "미체결 주문만 · only orders that are open");
  line.add()("wait", po::value<int>()->default_value(30), "기다리는 시간(초) · 0-600");
  if (const auto code = line.parse(arguments)) return *code;
  const int patience = line.values()["wait"].as<int>();
  if (patience < 0 || patience > 600) return line.refuse("--wait must be 0 to 600");
  const auto scope = line.has("open-orders-only") ? trading::ReconcileScope::kOpenOrdersOnly
                                                  : trading::ReconcileScope::kFull;
  return run(line, scope, std::chrono::seconds(patience));
}

}  // namespace everbit::cli
