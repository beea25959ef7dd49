/* Names of ledger values (eb_decision_sink.values) that the host knows. Every other name is the strategy's own. */
#ifndef EVERBIT_EXT_STRATEGY_VALUES_H
#define EVERBIT_EXT_STRATEGY_VALUES_H

/* Seconds since 1970 until which the strategy looks for no entry in this market. The host shows the time, and
   refuses entries of other instances until then too. */
#define EB_VALUE_COOLDOWN_UNTIL "cooldownUntil"

#endif
