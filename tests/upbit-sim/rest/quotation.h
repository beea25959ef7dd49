#pragma once

#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/market/market_place.h"
#include "upbit-sim/net/http.h"
#include "upbit-sim/rest/params.h"
#include "upbit-sim/rest/render.h"

namespace everbit::upbit_sim {

// The quotation calls of reference §3: no authentication, prices are JSON numbers, errors carry an
// integer name. One thread.
class Quotation {
 public:
  Quotation(const Clock& clock, MarketPlace& markets, const Exchange& exchange)
      : clock_(clock), markets_(markets), exchange_(exchange) {}

  HttpResponse market_all(const Params& params, const Spelling& spelling) const;
  HttpResponse candles(Unit unit, const Params& params, const Spelling& spelling) const;
  HttpResponse trades(const Params& params, const Spelling& spelling) const;
  HttpResponse tickers(const Params& params, const Spelling& spelling) const;
  HttpResponse tickers_of_quotes(const Params& params, const Spelling& spelling) const;
  HttpResponse order_books(const Params& params, const Spelling& spelling) const;
  HttpResponse instruments(const Params& params, const Spelling& spelling) const;
  HttpResponse supported_level_numbers(const Params& params, const Spelling& spelling) const;

 private:
  void write_ticker(JsonWriter& out, const Market& market) const;

  const Clock& clock_;
  MarketPlace& markets_;
  const Exchange& exchange_;
};

}  // namespace everbit::upbit_sim
