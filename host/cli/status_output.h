#pragma once

#include <iosfwd>

#include "api/status_report.h"

namespace everbit::cli {

// The report for people.
void print(std::ostream& out, const api::StatusReport& report);

}  // namespace everbit::cli
