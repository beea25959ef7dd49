#include "everbit/manifest.h"
#include "sample.h"

EB_MANIFEST(
    "generation=1\n"
    "kind=strategy\n"
    "id=kr.everbit.sample\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "requires=eb.decimal/1\n"
    "state=sample:1:1\n"
    "reason=1:WARMUP\n"
    "reason=2:NO_CROSS\n"
    "reason=3:CROSS_UP\n"
    "reason=4:CROSS_DOWN\n"
    "reason=5:RISK_STOPLOSS_TRIGGERED\n"
    "reason=6:INTENT_PENDING\n");

EB_PLUGIN(everbit::sample::Sample)
