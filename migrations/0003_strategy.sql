-- What strategies remember and what they decided.

-- One row is one instance. state holds indicators and watches only, never orders. as_of is the close
-- time of the last candle that the state contains.
CREATE TABLE strategy_state (
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  mode trading_mode NOT NULL,
  generation bigint NOT NULL CHECK (generation > 0),
  plugin_version text NOT NULL CHECK (length(plugin_version) <= 64),
  sha256 sha256_hex NOT NULL,
  state_schema text NOT NULL CHECK (length(state_schema) <= 128),
  state_version integer NOT NULL CHECK (state_version >= 0),
  state bytea NOT NULL,
  as_of timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key, market, timeframe, mode)
);

-- The state at each 00:00 UTC, kept 30 days for `everbit parity`.
CREATE TABLE strategy_state_daily (
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  mode trading_mode NOT NULL,
  as_of timestamptz NOT NULL CHECK (extract(epoch FROM as_of) % 86400 = 0),
  generation bigint NOT NULL,
  plugin_version text NOT NULL,
  sha256 sha256_hex NOT NULL,
  state_schema text NOT NULL,
  state_version integer NOT NULL,
  state bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key, market, timeframe, mode, as_of)
);

CREATE FUNCTION keep_daily_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO strategy_state_daily (owner_id, strategy_key, market, timeframe, mode, as_of, generation,
                                    plugin_version, sha256, state_schema, state_version, state)
  VALUES (NEW.owner_id, NEW.strategy_key, NEW.market, NEW.timeframe, NEW.mode, NEW.as_of,
          NEW.generation, NEW.plugin_version, NEW.sha256, NEW.state_schema, NEW.state_version, NEW.state)
  ON CONFLICT (owner_id, strategy_key, market, timeframe, mode, as_of) DO UPDATE
  SET generation = excluded.generation, plugin_version = excluded.plugin_version,
      sha256 = excluded.sha256, state_schema = excluded.state_schema,
      state_version = excluded.state_version, state = excluded.state;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_daily_state AFTER INSERT OR UPDATE ON strategy_state
  FOR EACH ROW WHEN (extract(epoch FROM NEW.as_of) % 86400 = 0)
  EXECUTE FUNCTION keep_daily_state();

-- The fence of the candle's transaction. Moves an instance from one candle to the next, and only if
-- this process is still the trader, this generation is still active, and the state is where the caller
-- thinks it is. False: fenced. The caller rolls back and stops trading. The three rows stay locked
-- until the transaction ends.
CREATE FUNCTION advance_strategy_state(
  p_owner bigint, p_instance uuid, p_strategy_key text, p_market text, p_timeframe text, p_mode text,
  p_generation bigint, p_from timestamptz, p_to timestamptz, p_state_schema text,
  p_state_version integer, p_state bytea
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_to <= p_from THEN
    RAISE EXCEPTION 'as_of goes forward only (% to %)', p_from, p_to
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM strategy_activation a
    WHERE a.owner_id = p_owner AND a.strategy_key = p_strategy_key AND a.generation = p_generation
    FOR SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM FROM trader_instance t WHERE t.owner_id = p_owner AND t.instance = p_instance FOR SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE strategy_state s
    SET as_of = p_to, state_schema = p_state_schema, state_version = p_state_version, state = p_state
    WHERE s.owner_id = p_owner AND s.strategy_key = p_strategy_key AND s.market = p_market
      AND s.timeframe = p_timeframe AND s.mode = p_mode
      AND s.generation = p_generation AND s.as_of = p_from;
  RETURN FOUND;
END $$;

-- What the strategy decided at one closed candle, stored once. No foreign key to settings: history
-- outlives them. A manual exit hangs on a row of strategy MANUAL, timeframe 'manual'.
CREATE TABLE signal (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  timeframe text NOT NULL CHECK (timeframe ~ '^[1-9][0-9]{0,4}[mdw]$' OR timeframe = 'manual'),
  candle_close_time timestamptz NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  strength numeric(18, 8),
  reason_code text NOT NULL CHECK (length(reason_code) <= 64),
  signal_json jsonb NOT NULL CHECK (jsonb_typeof(signal_json) = 'object'),
  config_version bigint,
  generation bigint,
  sha256 sha256_hex,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, strategy_key, mode, market, timeframe, candle_close_time, side),
  -- What the composite keys of the children point at.
  UNIQUE (id, owner_id, mode, market),
  CHECK ((strategy_key = 'MANUAL') = (timeframe = 'manual')),
  CHECK (strategy_key <> 'MANUAL' OR side = 'SELL'),
  CHECK (strategy_key = 'MANUAL'
         OR (config_version IS NOT NULL AND generation IS NOT NULL AND sha256 IS NOT NULL))
);

CREATE INDEX signal_newest ON signal (owner_id, mode, created_at DESC, id DESC);

-- A strategy running beside the active one: recorded, never traded. The generation is in the key,
-- because several shadows of one strategy follow each other.
CREATE TABLE shadow_signal (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  generation bigint NOT NULL CHECK (generation > 0),
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  candle_close_time timestamptz NOT NULL,
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  strength numeric(18, 8),
  reason_code text NOT NULL CHECK (length(reason_code) <= 64),
  signal_json jsonb NOT NULL CHECK (jsonb_typeof(signal_json) = 'object'),
  config_version bigint NOT NULL,
  sha256 sha256_hex NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, strategy_key, generation, mode, market, timeframe, candle_close_time, side)
);

-- What a candle gave, as the strategy saw it: the answer to "why (not)". Kept 30 days.
CREATE TABLE decision (
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  timeframe candle_timeframe NOT NULL,
  candle_close_time timestamptz NOT NULL,
  state text NOT NULL CHECK (length(state) <= 32),
  regime text CHECK (length(regime) <= 32),
  reason_codes text[] NOT NULL DEFAULT '{}',
  gates text[] NOT NULL DEFAULT '{}',
  indicator_values jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(indicator_values) = 'object'),
  open_price numeric(38, 18) NOT NULL CHECK (open_price > 0),
  high_price numeric(38, 18) NOT NULL CHECK (high_price > 0),
  low_price numeric(38, 18) NOT NULL CHECK (low_price > 0),
  close_price numeric(38, 18) NOT NULL CHECK (close_price > 0),
  volume numeric(38, 18) NOT NULL CHECK (volume >= 0),
  value numeric(38, 18) CHECK (value >= 0),
  decided_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key, mode, market, timeframe, candle_close_time)
);

CREATE INDEX decision_by_time ON decision (candle_close_time);

-- Deletes decisions and daily states older than the given number of days. Returns the rows deleted.
CREATE FUNCTION purge_strategy_history(p_days integer DEFAULT 30) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  deleted bigint;
  total bigint := 0;
BEGIN
  DELETE FROM decision WHERE candle_close_time < now() - make_interval(days => p_days);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  total := total + deleted;
  DELETE FROM strategy_state_daily WHERE as_of < now() - make_interval(days => p_days);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN total + deleted;
END $$;

CALL keep_updated_at('strategy_state', 'strategy_state_daily', 'signal', 'shadow_signal', 'decision');
