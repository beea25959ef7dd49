#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "everbit/ext/exchange_local.h"
#include "everbit/ext/state.h"
#include "everbit/plugin.h"
#include "plugins/exchange/exchange_codec.h"

namespace everbit::test {

using Settings = std::map<std::string, std::string>;

inline const Settings kPaperSettings{{"account", "0123456789abcdef0123456789abcdef"},
                                     {"fee_rate", "0.0005"},
                                     {"min_total", "5000"},
                                     {"start_krw", "10000000"}};

// A .so of an exchange behind its entry, with a host that grants eb.decimal/1 and nothing else.
class ExchangeModule {
 public:
  explicit ExchangeModule(const char* file);

  // What create says, and what it told the host about it.
  eb_status create(const Settings& settings, eb_plugin& plugin);
  const std::string& last_error() const { return last_error_; }

 private:
  eb_host host_{};
  const eb_module* module_ = nullptr;
  std::string last_error_;
};

// exchange-paper.so, driven as the host does it: what is ordered goes through encode, what comes
// back through decode, and so do the private frames.
class PaperPlugin {
 public:
  explicit PaperPlugin(const Settings& settings = kPaperSettings);
  ~PaperPlugin();
  PaperPlugin(const PaperPlugin&) = delete;
  PaperPlugin& operator=(const PaperPlugin&) = delete;

  void start();
  // "100000000 0.5" a level, best first.
  using Side = std::vector<std::pair<std::string, std::string>>;
  void book(const Side& asks, const Side& bids, const std::string& market = "KRW-BTC");
  // Of the market, taken by `side` ("BID" or "ASK").
  void trade(const std::string& price, const std::string& volume, const std::string& side);
  // The same trade told again.
  void repeat_trade();
  void missed();
  // A frame of the public channel; throws if it is refused.
  void observe(const std::string& frame);
  // The market goes on where it was for the other one.
  void go_on_after(const PaperPlugin& other);

  plugins::Decoded call(plugins::ExchangeOp op, const std::vector<plugins::Field>& params);
  // A create-order: market, and what the pairs say.
  plugins::Decoded order(std::vector<plugins::Field> params);
  // Its uuid; the order must have been taken.
  std::string taken(std::vector<plugins::Field> params);
  // As GET tells it now, with its fills.
  plugins::Decoded read(const std::string& uuid);
  // "9989995.0050025 + 0"
  std::string balance(const std::string& currency);

  std::string save();
  eb_status load(const std::string& blob, std::uint32_t version = 1);

  std::uint64_t revision() const { return local_->revision(plugin_.self_plug); }
  // Every answer and frame since the beginning, as bytes.
  const std::string& transcript() const { return transcript_; }
  // The private frames of the last call.
  const std::vector<std::string>& frames() const { return frames_; }
  plugins::ExchangeCodec codec() const { return {table_, plugin_.self_plug}; }
  const std::string& last_error() const { return module_.last_error(); }

  eb_ts now = 1'772'424'967'000'000'000;

 private:
  const eb_local_sink* sink();

  ExchangeModule module_;
  eb_plugin plugin_{};
  const eb_exchange_v1* table_ = nullptr;
  const eb_exchange_local_v1* local_ = nullptr;
  const eb_state_v1* state_ = nullptr;
  eb_local_sink sink_{};
  int status_ = 0;
  std::string body_;
  std::vector<plugins::Field> headers_;
  std::vector<std::string> frames_;
  std::string transcript_;
  std::string last_trade_;
  std::int64_t trade_id_ = 1'000'000;
};

// The pairs of a create-order.
std::vector<plugins::Field> buy_for(const std::string& krw);
std::vector<plugins::Field> sell(const std::string& volume);
std::vector<plugins::Field> limit_order(const std::string& side, const std::string& price,
                                        const std::string& volume, const std::string& tif = "");

}  // namespace everbit::test
