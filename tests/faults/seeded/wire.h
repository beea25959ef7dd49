#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "faults/seeded/exchange_model.h"
#include "faults/seeded/journal.h"
#include "faults/seeded/owner_switch.h"
#include "faults/seeded/scheduler.h"
#include "net/http_client.h"
#include "net/send_ledger.h"
#include "net/send_once.h"

namespace everbit::faults {

// When each process made its last attempt SENT.
using Claims = std::map<Scheduler::Process, SteadyTime>;

// The network between one process and the exchange: it loses, delays and ruins by the seed's choice
// while `chaos` says so, and carries everything afterwards. It takes the steps of net::SendOnce in
// the same order, on the run's clock. A request that is on its way arrives even if its sender died.
class Wire final : public net::HttpCaller, public net::OrderSender {
 public:
  struct Parts {
    Scheduler& scheduler;
    Choices& choices;
    ExchangeModel& exchange;
    const Clock& clock;
    net::SendLedger& ledger;
    const bool& chaos;
    Scheduler::Process process;
    const Claims& claims;
    const OwnerSwitch& owner_switch;
    Journal& journal;
    std::vector<std::string>& broken;  // what must not have happened
  };

  explicit Wire(Parts parts) : parts_(parts) {}

  // Not used by what runs here.
  net::HttpCallHandle send_read(net::ReadCall call, boost::asio::any_io_executor executor,
                                net::HttpHandler handler) override;
  net::HttpResult send_blocking(net::HttpCall call) override;
  net::HttpResult read_blocking(net::ReadCall call) override;
  net::HttpResult send_blocking(net::CreateOrderCall call) override;

 private:
  struct Fate;
  struct Reply;

  Fate choose_fate() const;
  std::optional<net::HttpResult> connect(const net::CreateOrderCall& call);
  std::shared_ptr<Reply> put_on_wire(net::HttpRequest request, const Fate& fate);
  net::HttpResult await(const std::shared_ptr<Reply>& reply);
  net::HttpResult plain(net::HttpRequest request);

  Parts parts_;
};

}  // namespace everbit::faults
