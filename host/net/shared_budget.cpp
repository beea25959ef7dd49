#include "net/shared_budget.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "net/rate_bucket.h"

namespace everbit::net {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostWork = 64;
constexpr milliseconds kLookEvery{500};
// A token whose process says nothing more. Longer than the longest call.
constexpr milliseconds kHold{15'000};
// One late answer is a busy machine.
constexpr int kMissesOfSilence = 2;
// Tokens of other processes come back without a word to us.
constexpr milliseconds kAskAgainAtLeast{5};
constexpr milliseconds kAskAgainAtMost{100};

// A bucket is a sorted set: a member for each token that is away, its score the moment it comes
// back, and 'open', which says that the set is the one we know. Without it (first use, eviction, a
// Redis that started anew), or when a token is away for longer than any may be (the clock was set
// back), the bucket begins with every token away. Something else under the key is replaced.
constexpr const char* kOpen = R"lua(
local key = KEYS[1]
local limit, period, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function away() return redis.call('ZCARD', key) - 1 end  -- 'open' is no token
local function add(count, name, at)
  for i = 1, count do redis.call('ZADD', key, at, name .. ':' .. now .. ':' .. i) end
end
if redis.call('TYPE', key).ok ~= 'zset' then redis.call('DEL', key) end
if not redis.call('ZSCORE', key, 'open')
   or redis.call('ZCOUNT', key, now + hold + 1000, '(inf') > 0 then
  redis.call('DEL', key)
  add(limit, 'lost', now + period)
end
-- Always: a Redis that is full must refuse even those who take nothing.
redis.call('ZADD', key, 'inf', 'open')
redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
)lua";

// ARGV 4 want, 5 leave, 6 a name that nobody else uses. Gives {count, ask again in ms}.
constexpr const char* kTake = R"lua(
local want, leave = tonumber(ARGV[4]), tonumber(ARGV[5])
local given = math.max(0, math.min(want, limit - away() - leave))
for i = 1, given do redis.call('ZADD', key, now + hold, ARGV[6] .. ':' .. i) end
if given > 0 then return {given, 0} end
local index = math.max(0, away() + leave - limit)
local next = redis.call('ZRANGE', key, index, index, 'WITHSCORES')
if next[2] == nil or next[2] == 'inf' then return {0, hold} end
return {0, math.max(0, math.floor(next[2] - now))}
)lua";

// ARGV 4 the token, 5 requests left or -1, 6 pause in ms.
constexpr const char* kGiveBack = R"lua(
local left, pause = tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('ZSCORE', key, ARGV[4]) then redis.call('ZADD', key, now + period, ARGV[4]) end
if left >= 0 then
  local under_way = redis.call('ZCOUNT', key, '(' .. (now + period), '(inf')
  add(limit - away() - math.max(0, left - under_way), 'seen:' .. ARGV[4], now + period)
end
if pause > 0 then
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', now + pause)) do
    redis.call('ZADD', key, now + pause, token)
  end
  add(limit - away(), 'pause:' .. ARGV[4], now + pause)
end
return 1
)lua";

redis::Script script_of(std::string_view head, std::string_view rest) {
  std::string text(head);
  text.append(rest);
  return redis::Script(std::move(text));
}

const redis::Script& take_script() {
  static const redis::Script script = script_of(kOpen, kTake);
  return script;
}

const redis::Script& give_back_script() {
  static const redis::Script script = script_of(kOpen, kGiveBack);
  return script;
}

// A group's key and the three numbers that both scripts begin with.
struct Common {
  explicit Common(const SharedGroup& group)
      : key("everbit:rate:" + group.name),
        limit(std::to_string(group.limit)),
        period(std::to_string((group.period + RateBucket::kMargin).count())),
        hold(std::to_string(std::max(kHold, group.period).count())) {}

  std::string key, limit, period, hold;
};

Result<SharedGrant> take_now(redis::Client& client, const SharedGroup& group, int want, int leave) {
  const Common common(group);
  const std::string name = secure_random_hex(8);
  const auto reply = client.eval(take_script(), {common.key},
                                 {common.limit, common.period, common.hold, std::to_string(want),
                                  std::to_string(leave), name});
  if (!reply) return reply.error();
  const auto count = reply->number_at(0);
  const auto again = reply->number_at(1);
  if (!count || !again || *count < 0 || *count > want) {
    return Error("REDIS_REFUSED", "the answer is not one of the script");
  }
  SharedGrant grant;
  for (int i = 1; i <= *count; ++i) grant.tokens.push_back(name + ":" + std::to_string(i));
  grant.ask_again = std::clamp(milliseconds(*again), kAskAgainAtLeast, kAskAgainAtMost);
  return grant;
}

}  // namespace

SharedBudget::SharedBudget(redis::ClientSettings settings) : client_(std::move(settings)) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

SharedBudget::~SharedBudget() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

bool SharedBudget::add(Work work) {
  const std::lock_guard lock(mutex_);
  if (work_.size() >= kMostWork) return false;
  work_.push_back(std::move(work));
  changed_.notify_all();
  return true;
}

void SharedBudget::take(const SharedGroup& group, int want, int leave, Taken taken) {
  auto ask = [this, group, want, leave, taken] {
    auto grant = take_now(client_, group, want, leave);
    note(grant ? std::string() : to_string(grant.error()));
    taken(std::move(grant));
  };
  if (!add(std::move(ask))) taken(Error("REDIS_BUSY", "too many questions wait for Redis"));
}

void SharedBudget::give_back(const SharedGroup& group, const std::string& token, int left,
                             milliseconds pause) {
  (void)add([this, group, token, left, pause] {
    const Common common(group);
    const auto reply =
        client_.eval(give_back_script(), {common.key},
                     {common.limit, common.period, common.hold, token, std::to_string(left),
                      std::to_string(std::min(pause, kHold).count())});
    note(reply ? std::string() : to_string(reply.error()));
  });
}

void SharedBudget::run() {
  ::pthread_setname_np(::pthread_self(), "everbit-budget");
  std::unique_lock lock(mutex_);
  auto look_at = std::chrono::steady_clock::now();
  while (!stopping_) {
    if (work_.empty() &&
        changed_.wait_until(lock, look_at, [this] { return stopping_ || !work_.empty(); })) {
      continue;
    }
    Work work;
    if (!work_.empty()) {
      work = std::move(work_.front());
      work_.pop_front();
    }
    lock.unlock();
    if (work) work();
    if (std::chrono::steady_clock::now() >= look_at) {
      look();
      look_at = std::chrono::steady_clock::now() + kLookEvery;
    }
    lock.lock();
  }
}

void SharedBudget::look() {
  // Not PING: a Redis that takes no writes (full, or a replica) is of no use.
  const auto grant = take_now(client_, {"probe", 1}, 0, 0);
  note(grant ? std::string() : to_string(grant.error()));
}

// `error` empty: Redis answered.
void SharedBudget::note(const std::string& error) {
  const std::lock_guard lock(mutex_);
  misses_ = error.empty() ? 0 : misses_ + 1;
  const bool silent = misses_ >= kMissesOfSilence;
  if (silent_ == silent) return;
  silent_ = silent;
  if (silent_) {
    log_error("redis_silent", {{"error", error}});
  } else {
    log_info("redis_back");
  }
}

bool SharedBudget::is_silent() const {
  const std::lock_guard lock(mutex_);
  return silent_;
}

}  // namespace everbit::net
