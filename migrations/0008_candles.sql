-- Candles: the only source of back-tests. candle_time is the open time.

CREATE TABLE candle_cache (
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  candle_time timestamptz NOT NULL,
  open_price numeric(38, 18) NOT NULL CHECK (open_price > 0),
  high_price numeric(38, 18) NOT NULL CHECK (high_price > 0),
  low_price numeric(38, 18) NOT NULL CHECK (low_price > 0),
  close_price numeric(38, 18) NOT NULL CHECK (close_price > 0),
  volume numeric(38, 18) NOT NULL CHECK (volume >= 0),
  value numeric(38, 18) CHECK (value >= 0),
  source text NOT NULL CHECK (length(source) <= 32),
  fetched_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (market, timeframe, candle_time)
);

-- A candle that the exchange changed after it was evaluated: recorded, never evaluated again.
CREATE TABLE candle_correction (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  candle_time timestamptz NOT NULL,
  before_json jsonb NOT NULL CHECK (jsonb_typeof(before_json) = 'object'),
  after_json jsonb NOT NULL CHECK (jsonb_typeof(after_json) = 'object'),
  seen_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (before_json <> after_json)
);

CREATE INDEX candle_correction_of ON candle_correction (market, timeframe, candle_time);

CREATE TABLE candle_gap (
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  from_time timestamptz NOT NULL,
  to_time timestamptz NOT NULL,
  cause text NOT NULL CHECK (cause IN ('NO_TRADE', 'DISCONNECTED', 'RATE_LIMIT', 'MAINTENANCE')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (market, timeframe, from_time, to_time),
  CHECK (to_time > from_time)
);

CALL keep_updated_at('candle_cache', 'candle_correction', 'candle_gap');
