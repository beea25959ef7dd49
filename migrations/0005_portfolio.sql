-- Position, profit, balances.

-- plan_json is the strategy's, as it last returned it; written with the candle, so it may stand on a
-- FLAT row while the entry is on its way. Dust is what an exit left: no position, sold with the next.
CREATE TABLE position (
  owner_id bigint NOT NULL REFERENCES app_user,
  market market_code NOT NULL,
  mode trading_mode NOT NULL,
  status text NOT NULL DEFAULT 'FLAT' CHECK (status IN ('FLAT', 'OPEN')),
  quantity numeric(38, 18) NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  avg_price numeric(38, 18) NOT NULL DEFAULT 0 CHECK (avg_price >= 0),
  dust_quantity numeric(38, 18) NOT NULL DEFAULT 0 CHECK (dust_quantity >= 0),
  strategy_key text,
  entry_intent_id bigint,
  plan_json jsonb CHECK (jsonb_typeof(plan_json) = 'object'),
  opened_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, market, mode),
  FOREIGN KEY (entry_intent_id, owner_id, mode, market)
    REFERENCES order_intent (id, owner_id, mode, market),
  CONSTRAINT open_holds_something CHECK ((status = 'OPEN') = (quantity > 0))
);

-- The owner's `position set`: never a fill.
CREATE TABLE position_adjustment (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL,
  market market_code NOT NULL,
  mode trading_mode NOT NULL,
  quantity_before numeric(38, 18) NOT NULL CHECK (quantity_before >= 0),
  quantity_after numeric(38, 18) NOT NULL CHECK (quantity_after >= 0),
  avg_price_before numeric(38, 18) NOT NULL CHECK (avg_price_before >= 0),
  avg_price_after numeric(38, 18) NOT NULL CHECK (avg_price_after >= 0),
  price numeric(38, 18) NOT NULL CHECK (price > 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  actor text NOT NULL CHECK (length(actor) <= 128),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (owner_id, market, mode) REFERENCES position
);

-- One entry until flat. Its exits are the intents that name the same entry; the last one is kept here.
CREATE TABLE trade (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  strategy_key text NOT NULL,
  entry_intent_id bigint UNIQUE,
  last_exit_intent_id bigint,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  entry_quantity numeric(38, 18) NOT NULL DEFAULT 0 CHECK (entry_quantity >= 0),
  exit_quantity numeric(38, 18) NOT NULL DEFAULT 0 CHECK (exit_quantity >= 0),
  entry_value numeric(38, 18) NOT NULL DEFAULT 0 CHECK (entry_value >= 0),
  exit_value numeric(38, 18) NOT NULL DEFAULT 0 CHECK (exit_value >= 0),
  fees numeric(38, 18) NOT NULL DEFAULT 0 CHECK (fees >= 0),
  profit numeric(38, 18),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (entry_intent_id, owner_id, mode, market)
    REFERENCES order_intent (id, owner_id, mode, market),
  FOREIGN KEY (last_exit_intent_id, owner_id, mode, market)
    REFERENCES order_intent (id, owner_id, mode, market),
  FOREIGN KEY (owner_id, market, mode) REFERENCES position,
  CHECK (closed_at IS NULL OR (closed_at >= opened_at AND profit IS NOT NULL))
);

CREATE UNIQUE INDEX one_open_trade ON trade (owner_id, market, mode) WHERE closed_at IS NULL;
CREATE INDEX trade_newest ON trade (owner_id, mode, closed_at DESC);

-- market is null for the whole account.
CREATE TABLE pnl_snapshot (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL REFERENCES app_user,
  mode trading_mode NOT NULL,
  market market_code,
  captured_at timestamptz NOT NULL,
  equity numeric(38, 18) NOT NULL,
  cash numeric(38, 18) NOT NULL,
  realized numeric(38, 18) NOT NULL,
  unrealized numeric(38, 18) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (owner_id, mode, market, captured_at)
);

-- The newest full reading, never computed from fills.
CREATE TABLE account_balance (
  owner_id bigint NOT NULL REFERENCES app_user,
  currency text NOT NULL CHECK (currency ~ '^[A-Z0-9]{1,15}$'),
  mode trading_mode NOT NULL,
  balance numeric(38, 18) NOT NULL CHECK (balance >= 0),
  locked numeric(38, 18) NOT NULL CHECK (locked >= 0),
  avg_buy_price numeric(38, 18) CHECK (avg_buy_price >= 0),
  reading_at timestamptz NOT NULL,
  asset_timestamp timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, currency, mode)
);

CALL keep_updated_at('position', 'position_adjustment', 'trade', 'pnl_snapshot', 'account_balance');
