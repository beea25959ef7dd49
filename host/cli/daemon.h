#pragma once

#include "base/deadline.h"
#include "base/result.h"
#include "config/settings.h"
#include "trading/control/switch_words.h"

namespace everbit::cli {

// The kill switch as the running daemon obeys it. Codes ADMIN_UNREACHABLE, ADMIN_SILENT, and what
// the daemon gives as reason.
Result<trading::SwitchView> daemon_switch(const config::Settings& settings, Deadline deadline);
// The same after a change.
Result<trading::SwitchView> change_daemon_switch(const config::Settings& settings,
                                                 const trading::SwitchChange& change,
                                                 Deadline deadline);

}  // namespace everbit::cli
