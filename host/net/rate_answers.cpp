#include "net/rate_limiter_impl.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.h"
#include "net/remaining_req.h"

namespace everbit::net {
namespace {

// Contains a boundary of the exchange's seconds, whatever its clock says.
constexpr std::chrono::milliseconds kPauseAfter429{1050};
constexpr std::chrono::seconds kPauseAfterOrigin{10};
constexpr std::chrono::seconds kFirstBlock{60};
constexpr int kMaxDoublings = 6;
constexpr int kMaxRetryAfter = 3600;

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response) {
  const std::string_view text = response.header("retry-after");
  int seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc{} || stopped != end || seconds < 1) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, kMaxRetryAfter));
}

std::string_view to_string(RateSide side) {
  return side == RateSide::kExchange ? "exchange" : "quotation";
}

}  // namespace

void RateLimiter::Impl::block(RateSide which, SteadyTime until) {
  const std::lock_guard lock(mutex_);
  side(which).blocked_until = until;
  if (until <= clock_.steady_now()) return;
  for (auto& [name, group] : groups_) {
    if (group.side == which) refuse_all(group, "RATE_BLOCKED", "blocked by an earlier 418");
  }
}

SteadyTime RateLimiter::Impl::blocked_until(RateSide which) const {
  const std::lock_guard lock(mutex_);
  return side(which).blocked_until;
}

void RateLimiter::Impl::block_after_418(RateSide which, const HttpResponse& response,
                                        SteadyTime now) {
  Side& blocked = side(which);
  const auto doubled = kFirstBlock * (1 << std::min(blocked.blocks, kMaxDoublings));
  ++blocked.blocks;
  const auto time = retry_after(response).value_or(doubled);
  blocked.blocked_until = std::max(blocked.blocked_until, now + time);
  log_critical("rate_side_blocked", {{"side", to_string(which)}, {"seconds", time.count()}});
  for (auto& [name, group] : groups_) {
    if (group.side == which) refuse_all(group, "RATE_BLOCKED", "blocked by a 418");
  }
}

void RateLimiter::Impl::learn(const std::string& name, Group& group, const RatePermit::Grant& grant,
                              const HttpResponse& response, SteadyTime now) {
  const auto remaining = parse_remaining_req(response.header("remaining-req"));
  if (remaining) {
    group.bucket.report_left(remaining->sec, grant.taken, now);
    if (remaining->group == "origin") {
      log_error("rate_origin_rule_hit", {{"group", name}});
      group.bucket.pause(now + kPauseAfterOrigin);
    }
  } else if (response.status < 500) {
    if (!group.bucket.is_fallback()) log_warn("rate_header_unreadable", {{"group", name}});
    group.bucket.report_unreadable();
  }
}

void RateLimiter::Impl::report(const RatePermit::Grant& grant, const HttpResponse& response) {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(grant.group);
  if (stopped_ || found == groups_.end()) return;
  Group& group = found->second;
  const SteadyTime now = clock_.steady_now();
  if (response.status == 418) {
    end(group, grant, now);
    block_after_418(group.side, response, now);
  } else if (response.status == 429) {
    log_warn("rate_limit_hit", {{"group", grant.group}});
    const auto named = retry_after(response);
    const auto pause = named ? std::chrono::milliseconds(*named) : kPauseAfter429;
    end(group, grant, now, -1, pause);
    group.bucket.pause(now + pause);
  } else {
    const auto remaining = parse_remaining_req(response.header("remaining-req"));
    end(group, grant, now, remaining ? remaining->sec : -1);
    if (response.status >= 200 && response.status < 300) side(group.side).blocks = 0;
    learn(grant.group, group, grant, response, now);
  }
  run(now);
}

}  // namespace everbit::net
