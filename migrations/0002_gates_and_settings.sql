-- What may trade: key, switches, blocks, settings, the active strategy, the markets.

CREATE TABLE upbit_key (
  owner_id bigint PRIMARY KEY REFERENCES app_user,
  access_key_enc bytea NOT NULL,
  secret_key_enc bytea NOT NULL,
  key_version integer NOT NULL CHECK (key_version > 0),
  verified_at timestamptz,
  verify_error text CHECK (length(verify_error) <= 64),
  verify_error_final boolean NOT NULL DEFAULT false,
  expires_at timestamptz,
  account_confirmed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (NOT verify_error_final OR verify_error IS NOT NULL)
);

-- A strategy that enabled_strategies does not name is off.
CREATE TABLE kill_switch (
  owner_id bigint PRIMARY KEY REFERENCES app_user,
  account_position text NOT NULL DEFAULT 'OFF'
    CHECK (account_position IN ('ON', 'EXITS_ONLY', 'OFF')),
  reason_code text CHECK (length(reason_code) <= 64),
  flatten_active boolean NOT NULL DEFAULT false,
  enabled_strategies jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(enabled_strategies) = 'array'),
  changed_by text CHECK (length(changed_by) <= 128),
  changed_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- A flatten is EXITS_ONLY; setting ON or OFF ends it.
  CHECK (NOT flatten_active OR account_position = 'EXITS_ONLY')
);

-- A block named by a 418 outlives the process that met it.
CREATE TABLE exchange_block (
  owner_id bigint NOT NULL REFERENCES app_user,
  side text NOT NULL CHECK (side IN ('quotation', 'exchange')),
  blocked_until timestamptz NOT NULL,
  seen_body_hash sha256_hex,
  count integer NOT NULL DEFAULT 1 CHECK (count > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, side)
);

CREATE TABLE strategy_config (
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL CHECK (strategy_key ~ '^[A-Z][A-Z0-9_]{0,63}$'),
  config_version bigint NOT NULL CHECK (config_version > 0),
  config_json jsonb NOT NULL CHECK (jsonb_typeof(config_json) = 'object'),
  changed_by text CHECK (length(changed_by) <= 128),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key)
);

CREATE TABLE strategy_config_history (
  owner_id bigint NOT NULL,
  strategy_key text NOT NULL,
  config_version bigint NOT NULL,
  config_json jsonb NOT NULL,
  changed_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key, config_version),
  FOREIGN KEY (owner_id, strategy_key) REFERENCES strategy_config
);

-- Each version is kept by the database itself: a signal names its config_version for good.
CREATE FUNCTION keep_strategy_config() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.config_version <= OLD.config_version THEN
    RAISE EXCEPTION 'config_version of % must grow (% to %)',
      OLD.strategy_key, OLD.config_version, NEW.config_version
      USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO strategy_config_history (owner_id, strategy_key, config_version, config_json, changed_by)
  VALUES (NEW.owner_id, NEW.strategy_key, NEW.config_version, NEW.config_json, NEW.changed_by);
  RETURN NULL;
END $$;

CREATE TRIGGER keep_history AFTER INSERT OR UPDATE ON strategy_config
  FOR EACH ROW EXECUTE FUNCTION keep_strategy_config();

-- What is active. Attempts queued by an older generation stay valid: they belong to the executor.
CREATE TABLE strategy_activation (
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL CHECK (strategy_key ~ '^[A-Z][A-Z0-9_]{0,63}$'),
  generation bigint NOT NULL CHECK (generation > 0),
  sha256 sha256_hex NOT NULL,
  config_version bigint NOT NULL CHECK (config_version > 0),
  activated_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, strategy_key)
);

CREATE TABLE market_config (
  owner_id bigint NOT NULL REFERENCES app_user,
  market market_code NOT NULL,
  enabled boolean NOT NULL DEFAULT false,
  priority integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, market)
);

-- The first lock of every trading transaction. Rows come with market_config, so that a market that
-- is configured can always be locked.
CREATE TABLE market_state (
  owner_id bigint NOT NULL,
  market market_code NOT NULL,
  trade_status text NOT NULL DEFAULT 'ACTIVE' CHECK (trade_status IN ('ACTIVE', 'SUSPENDED')),
  suspend_reason_code text CHECK (length(suspend_reason_code) <= 64),
  suspended_at timestamptz,
  last_signal_at timestamptz,
  cooldown_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, market),
  FOREIGN KEY (owner_id, market) REFERENCES market_config,
  CHECK ((trade_status = 'SUSPENDED') = (suspended_at IS NOT NULL)),
  CHECK ((trade_status = 'SUSPENDED') = (suspend_reason_code IS NOT NULL))
) WITH (fillfactor = 50);

CREATE FUNCTION add_market_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO market_state (owner_id, market) VALUES (NEW.owner_id, NEW.market)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER add_market_state AFTER INSERT ON market_config
  FOR EACH ROW EXECUTE FUNCTION add_market_state();

CALL keep_updated_at('upbit_key', 'kill_switch', 'exchange_block', 'strategy_config',
                     'strategy_config_history', 'strategy_activation', 'market_config',
                     'market_state');

CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE ON kill_switch
  FOR EACH STATEMENT EXECUTE FUNCTION bump_control_version('kill_switch');
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE ON strategy_config
  FOR EACH STATEMENT EXECUTE FUNCTION bump_control_version('settings');
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE ON market_config
  FOR EACH STATEMENT EXECUTE FUNCTION bump_control_version('settings');
CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE ON strategy_activation
  FOR EACH STATEMENT EXECUTE FUNCTION bump_control_version('activation');
