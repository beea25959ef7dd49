#include "paper/paper_link.h"

#include <utility>

namespace everbit::paper {

void PaperLink::start() {
  exchange_.speak_to({[this] {
                        handlers_.state(net::WsState::kConnected, "simulated");
                        handlers_.opened();
                      },
                      [this](const std::string& frame) {
                        handlers_.message({false, frame, std::chrono::steady_clock::now()});
                      }});
}

void PaperLink::reconnect(std::string reason) {
  handlers_.state(net::WsState::kDisconnected, reason);
  exchange_.reopen();
}

}  // namespace everbit::paper
