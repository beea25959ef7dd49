#pragma once

#include "base/metrics.h"

// Every metric of the host. Existing alert rules read these names and labels (pages 20 and 90):
// labels keep the owner's spelling, strategyKey and eventType.
namespace everbit::metric {

// {endpoint, method, status}
inline constexpr MetricName kUpbitRequests{"everbit_upbit_http_requests_total",
                                           "Calls of Upbit's REST API that were answered"};
// {endpoint, class}
inline constexpr MetricName kUpbitErrors{"everbit_upbit_http_errors_total",
                                         "Calls of Upbit's REST API that failed"};
// {group}
inline constexpr MetricName kUpbitRemaining{"everbit_upbit_rate_limit_remaining",
                                            "Calls that may be made at this moment"};
// {status}
inline constexpr MetricName kOrderAttempts{"everbit_order_attempt_total",
                                           "Order attempts that reached a status"};
// {market, state}: 1 for the state the market is in
inline constexpr MetricName kMarketState{"everbit_market_state", "State of a market"};
// {scope, strategyKey}
inline constexpr MetricName kKillSwitch{"everbit_kill_switch_enabled",
                                        "1 while the switch lets trading through"};
// {stream}
inline constexpr MetricName kOutboxPending{"everbit_outbox_pending", "Events waiting"};
inline constexpr MetricName kOutboxProcessing{"everbit_outbox_processing", "Events being handled"};
inline constexpr MetricName kOutboxDead{"everbit_outbox_dead", "Dead events"};
inline constexpr MetricName kOutboxOldest{"everbit_outbox_oldest_pending_seconds",
                                          "Age of the oldest waiting event"};
// {stream, result}
inline constexpr MetricName kOutboxProcessed{"everbit_outbox_processed_total", "Events handled"};
// {stream, eventType}
inline constexpr MetricName kOutboxDuration{"everbit_outbox_handler_duration_seconds",
                                            "Time a handler took"};
inline constexpr MetricName kTickToOrder{
    "everbit_tick_to_order_seconds", "From the last tick of a candle to the order's first byte"};
inline constexpr MetricName kCloseToAck{"everbit_candle_close_to_ack_seconds",
                                        "From a candle's close to Upbit's acceptance"};
// {socket}
inline constexpr MetricName kWsDisconnects{"everbit_websocket_disconnects_total",
                                           "WebSocket connections lost"};
// {market, cause}
inline constexpr MetricName kCandleGaps{"everbit_candle_gaps_total", "Candles that did not come"};
// {state}: used, idle, waiting
inline constexpr MetricName kDatabasePool{"everbit_database_pool", "Database connections"};
inline constexpr MetricName kRedisPool{"everbit_redis_pool", "Redis connections"};
// 0 while Redis does not answer and each process keeps to a quarter of the shared budgets.
inline constexpr MetricName kRedisUp{"everbit_redis_up", "1 while Redis answers"};
// {id, version, sha256}
inline constexpr MetricName kPluginInfo{"everbit_plugin_info", "1 for each loaded plugin"};
// {id, fault}
inline constexpr MetricName kPluginFaults{"everbit_plugin_faults_total", "Faults of plugins"};
// {version, revision}
inline constexpr MetricName kBuildInfo{"everbit_build_info", "1; the labels name the build"};
inline constexpr MetricName kLogDropped{"everbit_log_dropped_lines",
                                        "Log lines dropped because the queue was full"};

}  // namespace everbit::metric
