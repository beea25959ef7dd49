#pragma once

#include "cli/command.h"

namespace everbit::cli {

// `everbit candles …`: the stored candles.
int candles_fetch(Arguments arguments);
int candles_import(Arguments arguments);
int candles_export(Arguments arguments);
int candles_verify(Arguments arguments);

}  // namespace everbit::cli
