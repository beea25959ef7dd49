-- What reconcile found and did, and the owner's corrections of a position.

-- An adjustment belongs to the entry whose position it corrects, as a fill does: quantity, average,
-- trade and profit are always computed from both.
ALTER TABLE position_adjustment
  ADD COLUMN entry_intent_id bigint,
  -- What was left as dust is part of the quantity that the owner names.
  ADD COLUMN dust_before numeric(38, 18) NOT NULL DEFAULT 0 CHECK (dust_before >= 0),
  -- Of a decrease, at the price that the owner named.
  ADD COLUMN realized_pnl numeric(38, 18),
  ADD FOREIGN KEY (entry_intent_id, owner_id, mode, market)
    REFERENCES order_intent (id, owner_id, mode, market);

CREATE INDEX position_adjustment_of_entry ON position_adjustment (entry_intent_id)
  WHERE entry_intent_id IS NOT NULL;

CREATE FUNCTION check_adjustment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.owner_id, NEW.market, NEW.mode, NEW.entry_intent_id, NEW.quantity_before,
      NEW.quantity_after, NEW.dust_before, NEW.price, NEW.reason, NEW.actor, NEW.created_at)
     IS DISTINCT FROM
     (OLD.owner_id, OLD.market, OLD.mode, OLD.entry_intent_id, OLD.quantity_before,
      OLD.quantity_after, OLD.dust_before, OLD.price, OLD.reason, OLD.actor, OLD.created_at) THEN
    RAISE EXCEPTION 'adjustment % is written once', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER frozen BEFORE UPDATE ON position_adjustment
  FOR EACH ROW EXECUTE FUNCTION check_adjustment_frozen();

-- A position and the account disagree, as two readings said; deleted when they agree again.
CREATE TABLE position_mismatch (
  owner_id bigint NOT NULL REFERENCES app_user,
  market market_code NOT NULL,
  mode trading_mode NOT NULL,
  -- Position and dust; balance and locked.
  held numeric(38, 18) NOT NULL CHECK (held >= 0),
  at_exchange numeric(38, 18) NOT NULL CHECK (at_exchange >= 0),
  since timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, market, mode),
  FOREIGN KEY (owner_id, market) REFERENCES market_config
);

-- One comparison with the exchange. At most one waits and one runs; what is asked for while one
-- waits is that one.
CREATE TABLE reconcile_run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL REFERENCES app_user,
  scope text NOT NULL CHECK (scope IN ('full', 'open_orders_only')),
  cause text NOT NULL CHECK (cause IN ('START', 'RECONNECT', 'SCHEDULE', 'DEMAND')),
  requested_by text NOT NULL CHECK (length(requested_by) <= 128),
  started_at timestamptz,
  finished_at timestamptz,
  result text CHECK (result IN ('DONE', 'INCOMPLETE', 'ABANDONED')),
  repaired integer NOT NULL DEFAULT 0 CHECK (repaired >= 0),
  -- The exchange's closed orders are read up to here.
  closed_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((finished_at IS NULL) = (result IS NULL)),
  CHECK (finished_at IS NULL OR started_at IS NOT NULL)
);

CREATE UNIQUE INDEX one_waiting_reconcile ON reconcile_run (owner_id) WHERE started_at IS NULL;
CREATE INDEX reconcile_run_newest ON reconcile_run (owner_id, id DESC) WHERE result = 'DONE';

CALL keep_updated_at('position_mismatch', 'reconcile_run');
