#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/order_list.h"
#include "trading/control/switch_words.h"

namespace everbit::api {

// What goes on in an installation, by its database and its kill switch; `everbit status` shows it.
struct StatusReport {
  struct Trader {
    Uuid instance;
    Timestamp since;
    bool alive = false;
  };
  struct Position {
    std::string market;
    std::string mode;
    Decimal quantity;
    Decimal avg_price;
    std::optional<std::string> strategy_key;
    std::optional<Timestamp> opened_at;
  };
  struct Suspended {
    std::string market;
    std::string reason_code;
  };
  struct StatusCount {
    std::string status;
    std::int64_t count = 0;
  };
  struct Outbox {
    std::int64_t pending = 0;
    std::int64_t oldest_seconds = 0;
    std::int64_t dead = 0;
  };

  std::string mode;
  trading::SwitchView kill_switch;
  std::optional<Trader> trader;  // none has ever run
  std::vector<Position> positions;
  std::vector<Suspended> suspended;
  std::vector<StatusCount> attempts;  // every status once, in the order of an attempt's life
  Outbox outbox;
  std::vector<OrderItem> orders;
};

// Several reads, one after the other; each is a moment of its own. `mode` is REAL or PAPER.
Result<StatusReport> read_status(store::Pool& pool, std::string_view mode,
                                 trading::SwitchView kill_switch, Deadline deadline);

// Fields of the object that is open.
void write_fields(JsonWriter& json, const StatusReport& report);

}  // namespace everbit::api
