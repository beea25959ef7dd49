#include "upbit-sim/rest/limiter.h"

#include <algorithm>

namespace everbit::upbit_sim {
namespace {

constexpr std::array<std::string_view, kGroupCount> kNames{
    "market",  "candle", "trade",      "ticker",           "orderbook",
    "default", "order",  "order-test", "order-cancel-all", "websocket-connect",
    "origin"};

constexpr std::size_t kRefusalsBeforeBlock = 10;
constexpr Millis kRefusalWindow = 10 * kSecond;

}  // namespace

std::string_view to_text(Group group) { return kNames[static_cast<std::size_t>(group)]; }

std::optional<Group> parse_group(std::string_view text) {
  const auto found = std::find(kNames.begin(), kNames.end(), text);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Group>(found - kNames.begin());
}

bool is_quotation(Group group) { return group <= Group::kOrderbook || group == Group::kOrigin; }

RateLimiter::RateLimiter() {
  for (Group group :
       {Group::kMarket, Group::kCandle, Group::kTrade, Group::kTicker, Group::kOrderbook}) {
    set_limit(group, {10, kSecond});
  }
  set_limit(Group::kDefault, {30, kSecond});
  set_limit(Group::kOrder, {12, kSecond});
  set_limit(Group::kOrderTest, {8, kSecond});
  set_limit(Group::kOrderCancelAll, {1, 2 * kSecond});
  set_limit(Group::kWebsocketConnect, {5, kSecond});
  set_limit(Group::kOrigin, {1, 10 * kSecond});
}

bool RateLimiter::spend(Group group, Bucket& bucket, Millis now) const {
  const GroupLimit limit = limits_[index(group)];
  const auto capacity = static_cast<double>(limit.requests);
  if (is_quotation(group)) {
    const Millis window = now - now % limit.per;
    if (bucket.window != window) bucket = {window, capacity};
  } else if (bucket.window < 0) {
    bucket = {now, capacity};
  } else {
    const double refill =
        capacity * static_cast<double>(now - bucket.window) / static_cast<double>(limit.per);
    bucket = {now, std::min(capacity, bucket.left + refill)};
  }
  if (bucket.left < 1.0) return false;
  bucket.left -= 1.0;
  return true;
}

LimitVerdict RateLimiter::take(Group group, const std::string& subject, Millis now) {
  const bool quotation = is_quotation(group);
  for (const std::string& who : {subject, std::string{}}) {
    const auto offender = offenders_.find({quotation, who});
    if (offender != offenders_.end() && now < offender->second.blocked_until) {
      return {418, 0, offender->second.blocked_until - now};
    }
  }
  if (!enabled_) return {200, limits_[index(group)].requests, 0};
  Bucket& bucket = buckets_[{group, subject}];
  if (spend(group, bucket, now)) return {200, static_cast<int>(bucket.left), 0};
  return refuse(quotation, subject, now);
}

LimitVerdict RateLimiter::refuse(bool quotation, const std::string& subject, Millis now) {
  ++refused_;
  Offender& offender = offenders_[{quotation, subject}];
  offender.refusals.push_back(now);
  while (offender.refusals.front() + kRefusalWindow < now) offender.refusals.pop_front();
  if (offender.refusals.size() <= kRefusalsBeforeBlock) return {429, 0, 0};
  const Millis length = offender.next_block == 0 ? first_block_ : offender.next_block;
  offender.next_block = length * 2;
  offender.blocked_until = now + length;
  offender.refusals.clear();
  return {418, 0, length};
}

void RateLimiter::block(bool quotation, const std::string& subject, Millis until) {
  offenders_[{quotation, subject}].blocked_until = until;
}

void RateLimiter::clear() {
  buckets_.clear();
  offenders_.clear();
}

}  // namespace everbit::upbit_sim
