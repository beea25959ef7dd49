-- What a strategy was handed beside the candle of its decision. With the decision's row and the daily
-- states this is the recording that `everbit parity` replays; kept as long as they are. Written after
-- the close's orders are on their way, so a crash may cost a row and never an order.

CREATE TABLE decision_input (
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  candle_close_time timestamptz NOT NULL,
  generation bigint NOT NULL,
  sha256 sha256_hex NOT NULL,
  config_version bigint NOT NULL,
  position json NOT NULL CHECK (json_typeof(position) = 'object'),
  traded_value_24h numeric(38, 18),
  -- The markets whose entries were ranked with this one's; empty: it asked for none.
  ranked text[] NOT NULL DEFAULT '{}',
  -- The account's free money in quote currency, without what open entries have reserved.
  free_cash numeric(38, 18) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key, mode, market, timeframe, candle_close_time)
);

CREATE INDEX decision_input_by_time ON decision_input (candle_close_time);

-- Kept too: the state after a warm-up, and the one that a new generation took over. From there on an
-- instance owes nothing to the state at midnight.
ALTER TABLE strategy_state_daily DROP CONSTRAINT strategy_state_daily_as_of_check;

-- Deletes decisions, what they were made of, and kept states older than the given number of days.
CREATE OR REPLACE FUNCTION purge_strategy_history(p_days integer DEFAULT 30) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  deleted bigint;
  total bigint := 0;
BEGIN
  DELETE FROM decision WHERE candle_close_time < now() - make_interval(days => p_days);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  total := total + deleted;
  DELETE FROM decision_input WHERE candle_close_time < now() - make_interval(days => p_days);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  total := total + deleted;
  DELETE FROM strategy_state_daily WHERE as_of < now() - make_interval(days => p_days);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN total + deleted;
END $$;

CALL keep_updated_at('decision_input');
