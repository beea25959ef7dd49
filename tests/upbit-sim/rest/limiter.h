#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "upbit-sim/base/time.h"

namespace everbit::upbit_sim {

enum class Group {
  kMarket,
  kCandle,
  kTrade,
  kTicker,
  kOrderbook,  // quotation: by IP, a fixed window
  kDefault,
  kOrder,
  kOrderTest,
  kOrderCancelAll,  // exchange: by account, a token bucket
  kWebsocketConnect,
  kOrigin
};
inline constexpr std::size_t kGroupCount = 11;

std::string_view to_text(Group group);  // as in Remaining-Req: market, candle, … order-cancel-all
std::optional<Group> parse_group(std::string_view text);
bool is_quotation(Group group);

struct GroupLimit {
  int requests = 0;
  Millis per = kSecond;
};

struct LimitVerdict {
  int status = 200;        // 200, 429 or 418
  int remaining = 0;       // whole requests left now
  Millis blocked_for = 0;  // with 418
};

// The exchange's rate limits (reference §5 and §11.5). A subject is an IP address or an account.
// Who goes on after ten 429 within ten seconds is blocked with 418, each time for twice as long.
// Takes the monotonic time of its caller, so that it does not depend on the exchange's clock. One
// thread.
class RateLimiter {
 public:
  RateLimiter();

  LimitVerdict take(Group group, const std::string& subject, Millis now);

  void set_limit(Group group, GroupLimit limit) { limits_[index(group)] = limit; }
  GroupLimit limit(Group group) const { return limits_[index(group)]; }
  void set_enabled(bool enabled) { enabled_ = enabled; }
  void set_first_block(Millis length) { first_block_ = length; }
  // Blocks all requests of this kind of this subject ("" = every subject).
  void block(bool quotation, const std::string& subject, Millis until);
  void clear();
  std::int64_t refused() const { return refused_; }

 private:
  struct Bucket {
    Millis window = -1;  // start of the fixed window, or time of the last refill
    double left = 0;
  };
  struct Offender {
    std::deque<Millis> refusals;
    Millis blocked_until = 0;
    Millis next_block = 0;
  };
  static std::size_t index(Group group) { return static_cast<std::size_t>(group); }
  LimitVerdict refuse(bool quotation, const std::string& subject, Millis now);
  bool spend(Group group, Bucket& bucket, Millis now) const;

  bool enabled_ = true;
  Millis first_block_ = 60'000;
  std::array<GroupLimit, kGroupCount> limits_;
  std::map<std::pair<Group, std::string>, Bucket> buckets_;
  std::map<std::pair<bool, std::string>, Offender> offenders_;
  std::int64_t refused_ = 0;
};

}  // namespace everbit::upbit_sim
