#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/result.h"
#include "config/settings.h"
#include "trading/control/switch_words.h"

namespace everbit::cli {

// One of page 50's requests. The path is without the base.
struct DaemonRequest {
  std::string_view method;
  std::string path;
  std::string body{};
};

// The body of a good answer, empty for 204. Codes ADMIN_UNREACHABLE, nothing was sent;
// ADMIN_SILENT, it may have been carried out or not; and what the daemon gives as reason.
Result<std::string> ask_daemon(const config::Settings& settings, const DaemonRequest& request,
                               Deadline deadline);

// The daemon's answer; without a daemon what `here` makes of the same request, as the same JSON. A
// daemon that said no is obeyed, and what one that fell silent may have done is not done again:
// only a GET is then answered here. Says on standard error who did it, but for a GET.
Result<std::string> daemon_or(const config::Settings& settings, const DaemonRequest& request,
                              const std::function<Result<std::string>()>& here);

// For an answer that is not what was asked for.
Error unreadable_answer();

void say_by_daemon();
void say_without_daemon();

// The kill switch as the running daemon obeys it.
Result<trading::SwitchView> daemon_switch(const config::Settings& settings, Deadline deadline);
// The same after a change.
Result<trading::SwitchView> change_daemon_switch(const config::Settings& settings,
                                                 const trading::SwitchChange& change,
                                                 Deadline deadline);

}  // namespace everbit::cli
