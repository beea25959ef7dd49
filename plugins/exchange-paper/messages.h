#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange-paper/exchange.h"

// What the exchange says, in Upbit's words, so that Upbit's codec reads it.
namespace everbit::exchange_paper {

// With its fills only when it is asked for by itself.
std::string order_json(const eb::DecimalMath& math, const Order& order, bool with_fills);
std::string accounts_json(const eb::DecimalMath& math, const Account& account);
std::string chance_json(const eb::DecimalMath& math, const Rules& rules, std::string_view market);
std::string error_json(std::string_view name);

// Writes what happens as frames of the private channel.
class FrameWriter final : public Listener {
 public:
  explicit FrameWriter(const eb::DecimalMath& math) : math_(math) {}

  void order(const Order& order, const Fill* fill, eb_ts now) override;
  void assets(const Account& account, const std::vector<std::string>& currencies,
              eb_ts now) override;

  const std::vector<std::string>& frames() const { return frames_; }

 private:
  const eb::DecimalMath& math_;
  std::vector<std::string> frames_;
};

}  // namespace everbit::exchange_paper
