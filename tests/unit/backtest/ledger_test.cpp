#include "backtest/ledger.h"

#include <gtest/gtest.h>

namespace everbit::backtest {
namespace {

TEST(LedgerTest, MoneyIsNotLostToRoundingOverAThousandRoundTrips) {
  Ledger ledger(Decimal::from_int(10'000'000), {Decimal::of("0.0005"), Decimal()});
  WideDecimal paid;
  for (int i = 0; i < 1'000; ++i) {
    const Fill bought = ledger.buy(Decimal::from_int(33'333), Decimal::of("0.12345678"));
    const Fill sold = ledger.sell(bought.volume, Decimal::of("0.12345678"));
    paid += bought.fee + sold.fee;
  }
  EXPECT_EQ(ledger.cash() + paid, WideDecimal(Decimal::from_int(10'000'000)));
}

TEST(LedgerTest, SlippageWorksAgainstBothSidesAndIsCounted) {
  Ledger ledger(Decimal::from_int(1'000'000), {Decimal(), Decimal::from_int(10)});
  const Fill bought = ledger.buy(Decimal::from_int(100'100), Decimal::from_int(1'000));
  EXPECT_EQ(bought.price, Decimal::from_int(1'001));
  EXPECT_EQ(bought.volume, Decimal::from_int(100));
  const Fill sold = ledger.sell(bought.volume, Decimal::from_int(1'000));
  EXPECT_EQ(sold.price, Decimal::from_int(999));
  EXPECT_EQ(ledger.slippage_paid(), WideDecimal(Decimal::from_int(200)));
}

TEST(LedgerTest, AVolumeIsCutAndNeverRoundedUp) {
  Ledger ledger(Decimal::from_int(1'000'000), {Decimal(), Decimal()});
  EXPECT_EQ(ledger.buy(Decimal::from_int(20'000), Decimal::from_int(3)).volume,
            Decimal::of("6666.66666666"));
}

}  // namespace
}  // namespace everbit::backtest
