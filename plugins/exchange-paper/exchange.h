#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exchange-paper/account.h"
#include "exchange-paper/book.h"
#include "exchange-paper/order.h"

namespace everbit::exchange_paper {

// Why an order or a question is refused, as Upbit would say it.
struct Refusal {
  int status;
  std::string_view name;
};

struct Rules {
  std::string account;  // 32 hex digits; every id that is made begins with some of them
  eb_dec fee_rate{0, 0};
  eb::Money min_total;
  eb::Money start_krw;  // of a fresh account
};

// Told what happens, in order.
class Listener {
 public:
  virtual ~Listener() = default;
  // `fill` is null unless it is the fill that just happened.
  virtual void order(const Order& order, const Fill* fill, eb_ts now) = 0;
  virtual void assets(const Account& account, const std::vector<std::string>& currencies,
                      eb_ts now) = 0;
};

// What the exchange keeps for ever: all that eb.state/1 saves.
struct Records {
  // The newest trade of a market that resting orders have seen, and the ids of those of its
  // millisecond: a stream begins with one that was told before.
  struct LastTrade {
    eb_ts time = 0;
    std::set<std::int64_t> ids;
  };

  std::string account_id;
  std::uint64_t counter = 0;  // of the ids that were made
  Account account;
  std::deque<Order> orders;  // oldest first; of the closed ones only the newest
  std::map<std::string, LastTrade, std::less<>> last_trades;
};

// A spot exchange with one account, whose market is the real one: orders take from the last order
// book that was seen, what rests of a limit order waits for trades that would have met it. The book
// is never moved by our orders except that what one took the next does not find again before a new
// book came.
//
// Not thread-safe. Everything that happens happens inside a call, at the call's time.
class Exchange {
 public:
  static constexpr std::size_t kMostOpen = 200;
  static constexpr std::size_t kMostClosed = 500;
  static constexpr std::size_t kMostFills = 8000;  // of all orders together

  Exchange(const eb::DecimalMath& math, Rules rules);

  // Throws Refusal; then nothing has changed. `draft` is what was ordered.
  const Order& create(Order draft, eb_ts now, Listener& listener);
  // What create() would refuse.
  void check(const Order& draft) const;
  // Throws Refusal if there is no open order of that id.
  const Order& cancel(std::string_view uuid, std::string_view identifier, eb_ts now,
                      Listener& listener);
  // Null if there is none.
  const Order* find(std::string_view uuid, std::string_view identifier) const;

  void set_book(std::string_view market, Book book);
  void forget_books() { books_.clear(); }
  void trade(std::string_view market, const MarketTrade& trade, eb_ts now, Listener& listener);

  const Records& records() const { return records_; }
  void restore(Records records);
  const Rules& rules() const { return rules_; }
  // Moves with every change of the records.
  std::uint64_t revision() const { return revision_; }

 private:
  bool can_fill_whole(const Order& order, const Book& book, eb::Price limit) const;
  eb::Quantity wanted(const Order& order, eb::Price price) const;
  eb_dec needed(const Order& order) const;
  eb_dec still_needed(const Order& order) const;

  void match(Order& order, Book& book, eb_ts now, Listener& listener);
  void take(Order& order, Book& book, eb::Price limit, eb_ts now, Listener& listener);
  void rest(Order& order, const Book& book);
  void fill(Order& order, eb::Price price, eb::Quantity volume, bool maker, eb_ts now,
            Listener& listener);
  void close(Order& order, std::int32_t state, eb_ts now, Listener& listener);
  bool is_new(std::string_view market, const MarketTrade& trade);
  std::vector<Order*> resting_for(std::string_view market, const MarketTrade& trade);
  std::string next_id();
  Order* find_order(std::string_view uuid, std::string_view identifier);
  void forget_old();

  const eb::DecimalMath& math_;
  const Rules rules_;
  Records records_;
  std::map<std::string, Book, std::less<>> books_;
  std::uint64_t revision_ = 0;
};

}  // namespace everbit::exchange_paper
