#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/bounded_queue.h"
#include "base/result.h"
#include "net/http_types.h"
#include "paper/account_row.h"
#include "plugins/exchange/local_exchange.h"

namespace everbit::paper {

// The exchange of mode PAPER, at work: it gives the plugin one call after the other (requests for
// the account, frames of the real market), stores what a call has changed, and only then lets the
// answer and the private frames out. While the database is away nothing is answered; what cannot be
// stored for good, and a plugin that fails, end the process, and the next start goes on from what
// is stored.
//
// One thread of its own. The functions: any thread. Owned by the trader; stopped before what it
// was given.
class PaperExchange {
 public:
  struct Parts {
    plugins::LocalExchange& exchange;
    AccountRow& row;
    std::function<Timestamp()> now;  // exchange time
    std::function<void(std::string reason)> fatal;
  };
  // Told on the exchange's thread; must not block, and must not call silence().
  struct PrivateChannel {
    std::function<void()> opened;
    std::function<void(const std::string& frame)> frame;
  };
  using Handler = std::function<void(net::HttpResult)>;

  explicit PaperExchange(Parts parts);
  ~PaperExchange();
  PaperExchange(const PaperExchange&) = delete;
  PaperExchange& operator=(const PaperExchange&) = delete;

  // Reads what is stored, and begins. Codes: those of the store and of LocalExchange.
  Result<void> start(Deadline deadline);
  // The call in hand ends; those that wait are told that they were not sent. Idempotent.
  void stop();

  // `handler` is called exactly once: on the exchange's thread, or at once when it is not taken.
  void request(net::HttpRequest request, const Handler& handler);
  // A frame of the public channel. When it does not keep up they are dropped, and the order books
  // with them.
  void observe(const std::string& frame);
  // The public channel is down.
  void missed();

  // One private channel at a time: told that it is open, then every frame.
  void speak_to(PrivateChannel channel);
  // Opens it anew, as after a lost connection.
  void reopen();
  // Nobody is told anything any more once it returns.
  void silence();

 private:
  enum class What { kRequest, kFrame, kMissed, kOpen };
  struct Job {
    What what = What::kFrame;
    net::HttpRequest request;
    Handler handler;
    std::string frame;
  };

  void run();
  void work(Job& job);
  void serve(Job& job);
  void observe_frame(const std::string& frame);
  bool store();
  void tell(const std::vector<std::string>& frames);
  void fail(const Error& error);

  Parts parts_;
  BoundedQueue<Job> queue_;
  std::atomic<bool> overrun_{false};
  std::atomic<bool> stopping_{false};
  bool failed_ = false;  // the plugin is ahead of what is stored, or in doubt
  std::mutex channel_mutex_;
  PrivateChannel channel_;
  std::thread thread_;
};

}  // namespace everbit::paper
