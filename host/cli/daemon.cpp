#include "cli/daemon.h"

#include "api/failure.h"
#include "api/switch_json.h"
#include "cli/admin_client.h"

namespace everbit::cli {
namespace {

Result<trading::SwitchView> read(const Result<Answer>& answer) {
  if (!answer) return answer.error();
  if (answer->status != 200) return api::parse_failure(answer->body);
  const auto view = api::parse_switch(answer->body);
  if (!view) return Error("ADMIN_SILENT", "the daemon's answer cannot be read");
  return *view;
}

}  // namespace

Result<trading::SwitchView> daemon_switch(const config::Settings& settings, Deadline deadline) {
  return read(ask_daemon(settings.admin_socket(), "GET", "kill-switch", "", deadline));
}

Result<trading::SwitchView> change_daemon_switch(const config::Settings& settings,
                                                 const trading::SwitchChange& change,
                                                 Deadline deadline) {
  return read(
      ask_daemon(settings.admin_socket(), "PUT", "kill-switch", api::to_json(change), deadline));
}

}  // namespace everbit::cli
