#pragma once

#include "plugins/exchange/exchange_codec.h"

namespace everbit::fuzz {

// exchange-upbit linked into the fuzzer, so that it is instrumented; one instance for the process.
plugins::ExchangeCodec linked_codec();

// What must hold for every number that a codec lets through.
void check(const plugins::Findings& found);

}  // namespace everbit::fuzz
