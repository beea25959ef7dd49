#include <gtest/gtest.h>

#include <vector>

#include "unit/exchange-upbit/loaded_plugin.h"

namespace everbit::test {
namespace {

using plugins::Side;

struct Rounded {
  std::string_view market;
  std::string_view price;
  std::string_view buy;   // not above the price
  std::string_view sell;  // not below it
};

// A price between two grid points in every band, and each band's lower bound.
TEST(RoundPrice, KeepsToTheGridOfThePricesOwnBand) {
  const LoadedPlugin plugin;
  const std::vector<Rounded> cases{
      {"KRW-BTC", "147058123.4", "147058000", "147059000"},
      {"KRW-BTC", "2000001", "2000000", "2001000"},
      {"KRW-BTC", "1000000", "1000000", "1000000"},
      {"KRW-BTC", "999999", "999500", "1000000"},
      {"KRW-BTC", "658001", "658000", "658500"},
      {"KRW-ETH", "499999.5", "499900", "500000"},
      {"KRW-ETH", "134001", "134000", "134100"},
      {"KRW-ETH", "99999", "99950", "100000"},
      {"KRW-ETH", "37991", "37990", "38000"},
      {"KRW-ETH", "6183", "6180", "6185"},
      {"KRW-ETH", "4999.9", "4999", "5000"},
      {"KRW-ETH", "4788.1", "4788", "4789"},
      {"KRW-ETH", "999.5", "999", "1000"},
      {"KRW-ETH", "100.5", "100", "101"},
      {"KRW-ETH", "99.99", "99.9", "100"},
      {"KRW-ETH", "41.11", "41.1", "41.2"},
      {"KRW-ETH", "9.999", "9.99", "10"},
      {"KRW-ETH", "0.9999", "0.999", "1"},
      {"KRW-ETH", "0.01061", "0.0106", "0.0107"},
      {"KRW-ETH", "0.0012345", "0.00123", "0.00124"},
      {"KRW-ETH", "0.00012345", "0.000123", "0.000124"},
      {"KRW-ETH", "0.000012345", "0.0000123", "0.0000124"},
      {"KRW-ETH", "0.0000012345", "0.00000123", "0.00000124"},
      {"BTC-ETH", "0.030000004", "0.03", "0.03000001"},
      {"BTC-ETH", "1.5", "1.5", "1.5"},
      {"USDT-BTC", "60000.005", "60000", "60000.01"},
      {"USDT-BTC", "9.9999", "9.999", "10"},
      {"USDT-BTC", "0.99999", "0.9999", "1"},
      {"USDT-BTC", "0.099999", "0.09999", "0.1"},
      {"USDT-BTC", "0.0099999", "0.009999", "0.01"},
      {"USDT-BTC", "0.00099999", "0.0009999", "0.001"},
      {"USDT-BTC", "0.000099999", "0.00009999", "0.0001"},
  };
  for (const Rounded& c : cases) {
    const auto price = Decimal::of(c.price);
    const auto buy = plugin.codec().round_price(c.market, Side::kBuy, price);
    const auto sell = plugin.codec().round_price(c.market, Side::kSell, price);
    ASSERT_TRUE(buy && sell) << c.price;
    EXPECT_EQ(buy->to_string(), c.buy) << c.market << ' ' << c.price;
    EXPECT_EQ(sell->to_string(), c.sell) << c.market << ' ' << c.price;
  }
}

TEST(RoundPrice, ARoundedPriceStaysWhereItIs) {
  const LoadedPlugin plugin;
  for (const auto* text :
       {"5000", "10000", "50000", "100000", "500000", "1000000", "0.1", "1", "10", "100", "1000"}) {
    const auto price = Decimal::of(text);
    EXPECT_EQ(*plugin.codec().round_price("KRW-BTC", Side::kBuy, price), price);
    EXPECT_EQ(*plugin.codec().round_price("KRW-BTC", Side::kSell, price), price);
  }
}

TEST(RoundPrice, RefusesWhatNoOrderMayName) {
  const LoadedPlugin plugin;
  const auto codec = plugin.codec();
  EXPECT_FALSE(codec.round_price("KRW-BTC", Side::kBuy, Decimal()));
  EXPECT_FALSE(codec.round_price("KRW-BTC", Side::kBuy, Decimal::of("-1")));
  EXPECT_FALSE(codec.round_price("KRW-BTC", Side::kBuy, Decimal::of("0.000000001")));
  EXPECT_FALSE(codec.round_price("KRW-BTC", Side::kSell, Decimal::max()));
  EXPECT_FALSE(codec.round_price("EUR-BTC", Side::kBuy, Decimal::of("1")));
  EXPECT_FALSE(codec.round_price("", Side::kBuy, Decimal::of("1")));
  EXPECT_FALSE(codec.round_price("KRW-BTC", static_cast<Side>(0), Decimal::of("1")));
}

}  // namespace
}  // namespace everbit::test
