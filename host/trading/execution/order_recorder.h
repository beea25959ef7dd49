#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "plugins/exchange/exchange_types.h"
#include "store/transaction.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::trading {

// Stores what the exchange says of its orders. Executor, private WebSocket and reconcile all come
// through here: whoever sees the uuid of one of our identifiers first stores the order, moves the
// attempt to ACKED and tells OrderAccepted; everyone later finds it done. Order state is a lattice:
// a late, weaker message changes nothing.
//
// The caller's transaction holds the lock of the order's market (page 10). Any thread.
class OrderRecorder {
 public:
  struct Parts {
    Outbox& outbox;
    OwnerId owner;
    Mode mode = Mode::kReal;
    std::string installation_tag;
  };

  explicit OrderRecorder(Parts parts) : parts_(std::move(parts)) {}

  enum class Recorded {
    kAccepted,  // one of our attempts was seen for the first time
    kKnown,     // the order was recorded before; its numbers may have grown
    kForeign,   // not ours: recorded, never touched
    kOrphan,    // it carries our tag and no attempt of ours can own it: the market is suspended
  };

  Result<Recorded> record(store::Transaction& tx, const plugins::Order& order);

  // What every identifier of this installation begins with.
  std::string tag_prefix() const { return "eb-" + parts_.installation_tag + "-"; }

 private:
  struct AttemptRow;

  bool carries_our_tag(const std::string& identifier) const;
  Result<std::optional<AttemptRow>> find_attempt(store::Transaction& tx,
                                                 const std::string& identifier) const;
  Result<void> insert(store::Transaction& tx, const plugins::Order& order, std::string_view origin,
                      std::optional<AttemptId> attempt) const;
  Result<Recorded> accept(store::Transaction& tx, const plugins::Order& order,
                          const AttemptRow& attempt);
  Result<Recorded> adopt_orphan(store::Transaction& tx, const plugins::Order& order);

  Parts parts_;
};

}  // namespace everbit::trading
