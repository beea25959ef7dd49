#include "cli/daemon.h"

#include <iostream>

#include "api/failure.h"
#include "api/switch_json.h"
#include "cli/admin_client.h"

namespace everbit::cli {
namespace {

// More than any endpoint takes.
constexpr std::chrono::seconds kPatience{15};
constexpr unsigned kFirstBad = 300;

Result<trading::SwitchView> read(const Result<std::string>& answer) {
  if (!answer) return answer.error();
  const auto view = api::parse_switch(*answer);
  if (!view) return unreadable_answer();
  return *view;
}

}  // namespace

Result<std::string> ask_daemon(const config::Settings& settings, const DaemonRequest& request,
                               Deadline deadline) {
  auto answer =
      ask_daemon(settings.admin_socket(), request.method, request.path, request.body, deadline);
  if (!answer) return answer.error();
  if (answer->status >= kFirstBad) return api::parse_failure(answer->body);
  return std::move(answer->body);
}

Result<std::string> daemon_or(const config::Settings& settings, const DaemonRequest& request,
                              const std::function<Result<std::string>()>& here) {
  const bool looks = request.method == "GET";
  auto answer = ask_daemon(settings, request, Deadline::after(kPatience));
  if (answer) {
    if (!looks) say_by_daemon();
    return answer;
  }
  const std::string& code = answer.error().code;
  if (code != "ADMIN_UNREACHABLE" && !(looks && code == "ADMIN_SILENT")) return answer;
  if (!looks) say_without_daemon();
  return here();
}

Error unreadable_answer() { return {"ADMIN_SILENT", "the daemon's answer cannot be read"}; }

void say_by_daemon() { std::cerr << "데몬이 처리함 · by the daemon (admin.sock)\n"; }

void say_without_daemon() {
  std::cerr << "데몬이 응답하지 않아 data.dir와 데이터베이스로 처리함\n"
               "no daemon answers: by the files in data.dir and the database\n";
}

Result<trading::SwitchView> daemon_switch(const config::Settings& settings, Deadline deadline) {
  return read(ask_daemon(settings, {"GET", "kill-switch"}, deadline));
}

Result<trading::SwitchView> change_daemon_switch(const config::Settings& settings,
                                                 const trading::SwitchChange& change,
                                                 Deadline deadline) {
  return read(ask_daemon(settings, {"PUT", "kill-switch", api::to_json(change)}, deadline));
}

}  // namespace everbit::cli
