#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace everbit::cli {

// Puts a dump into the database of `dsn` by PostgreSQL's own psql (and pg_restore, for a dump in
// its own format; a plain one is SQL), with `last` as the last words of the same transaction: all
// of it is there at the end, or nothing. Waits as long as it takes; call it once no thread runs.
// Codes: DUMP_FILE, DUMP_ENCRYPTED, DUMP_TOOL (a program is missing), DUMP_REFUSED (what the
// programs complained of is on standard error), DB_DSN.
Result<void> load_dump(const std::filesystem::path& file, const std::string& dsn,
                       const std::string& last);

}  // namespace everbit::cli
