#pragma once

#include <memory>

#include "base/deadline.h"
#include "cli/command_line.h"
#include "config/settings.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit::cli {

// Settings for a command that reads or writes the database. Prints every problem when there are
// any, so that the caller only returns kFailed. Call once, before any thread starts: it takes the
// secrets out of the environment. The exchange's keys need not be at hand, as no command calls the
// exchange.
std::optional<config::Settings> load_settings(const CommandLine& line);

// How to reach the database named by the settings.
store::ConnectSettings connect_settings(const config::Settings& settings);
std::unique_ptr<store::Pool> make_pool(const config::Settings& settings);

// The database of a command that acts or looks there itself.
struct OpenDatabase {
  std::unique_ptr<store::Pool> pool;
  store::OwnerId owner;
};
// Codes: SCHEMA_OUTDATED, those of the store.
Result<OpenDatabase> open_database(const config::Settings& settings, Deadline deadline);

// The time that a command may take at the database, unless it says otherwise.
Deadline command_deadline();

// Prints what went wrong and what to do next; kFailed.
int fail(const CommandLine& line, const Error& error);

}  // namespace everbit::cli
