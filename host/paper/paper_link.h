#pragma once

#include <memory>

#include "net/ws_client.h"
#include "paper/paper_exchange.h"

namespace everbit::paper {

// The private channel of the simulated exchange in the place of a WebSocket: it is there as long as
// the exchange is. The handlers run on the exchange's thread.
class PaperLink final : public net::WsLink {
 public:
  PaperLink(PaperExchange& exchange, net::WsHandlers handlers)
      : exchange_(exchange), handlers_(std::move(handlers)) {}
  ~PaperLink() override { stop(); }
  PaperLink(const PaperLink&) = delete;
  PaperLink& operator=(const PaperLink&) = delete;

  void start() override;
  // A subscription: everything is told anyway.
  bool send_text(std::string) override { return true; }
  void reconnect(std::string reason) override;
  void stop() override { exchange_.silence(); }

 private:
  PaperExchange& exchange_;
  net::WsHandlers handlers_;
};

}  // namespace everbit::paper
