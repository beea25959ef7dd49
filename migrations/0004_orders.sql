-- Intent, attempt, order, fill: the rows that make a duplicate order impossible.

-- What we want. At most one intent of a market and mode is open.
CREATE TABLE order_intent (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  signal_id bigint NOT NULL,
  intent_type text NOT NULL CHECK (intent_type IN ('ENTRY', 'EXIT_STOPLOSS', 'EXIT_TP', 'EXIT_TRAIL',
                                                   'EXIT_TIME', 'EXIT_MANUAL')),
  side text NOT NULL CHECK (side IN ('BUY', 'SELL')),
  strategy_key text NOT NULL,
  strategy_generation bigint CHECK (strategy_generation > 0),
  requested_krw numeric(38, 18) CHECK (requested_krw > 0),
  requested_volume numeric(38, 18) CHECK (requested_volume > 0),
  entry_intent_id bigint,
  status text NOT NULL DEFAULT 'CREATED' CHECK (status IN ('CREATED', 'CANCELED', 'COMPLETED')),
  reason_code text CHECK (length(reason_code) <= 64),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (signal_id, intent_type),
  UNIQUE (id, owner_id, mode, market),
  FOREIGN KEY (signal_id, owner_id, mode, market) REFERENCES signal (id, owner_id, mode, market),
  FOREIGN KEY (entry_intent_id, owner_id, mode, market)
    REFERENCES order_intent (id, owner_id, mode, market),
  CONSTRAINT entry_buys_exits_sell CHECK ((side = 'BUY') = (intent_type = 'ENTRY')),
  CONSTRAINT buy_by_krw_sell_by_volume CHECK (
    (side = 'BUY' AND requested_krw IS NOT NULL AND requested_volume IS NULL)
    OR (side = 'SELL' AND requested_volume IS NOT NULL AND requested_krw IS NULL)),
  CONSTRAINT only_an_exit_names_an_entry CHECK (side = 'SELL' OR entry_intent_id IS NULL),
  CONSTRAINT generation_of_a_strategy CHECK (
    strategy_key = 'MANUAL' OR intent_type = 'EXIT_MANUAL' OR strategy_generation IS NOT NULL)
);

CREATE UNIQUE INDEX one_open_intent ON order_intent (owner_id, market, mode) WHERE status = 'CREATED';
CREATE INDEX order_intent_newest ON order_intent (owner_id, mode, created_at DESC, id DESC);
CREATE INDEX order_intent_of_entry ON order_intent (entry_intent_id) WHERE entry_intent_id IS NOT NULL;

-- One call of create-order. request_json and identifier are frozen from the first moment.
CREATE TABLE order_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  order_intent_id bigint NOT NULL,
  attempt_no integer NOT NULL CHECK (attempt_no > 0),
  identifier text NOT NULL UNIQUE CHECK (length(identifier) BETWEEN 1 AND 64),
  request_json jsonb NOT NULL,
  status text NOT NULL DEFAULT 'PREPARED'
    CHECK (status IN ('PREPARED', 'SENT', 'ACKED', 'REJECTED', 'THROTTLED', 'UNKNOWN', 'SUSPENDED')),
  -- '<process instance>:<random>'; which process called, and which of its calls.
  sent_token text CHECK (length(sent_token) BETWEEN 1 AND 128),
  sent_at timestamptz,
  upbit_uuid uuid UNIQUE,
  next_retry_at timestamptz,
  error_code text CHECK (length(error_code) <= 64),
  error_message text CHECK (length(error_message) <= 1024),
  -- Lookups by identifier that answered 404: the quarantine counts them.
  lookups_not_found integer NOT NULL DEFAULT 0 CHECK (lookups_not_found >= 0),
  last_lookup_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (order_intent_id, attempt_no),
  UNIQUE (id, owner_id, mode, market),
  FOREIGN KEY (order_intent_id, owner_id, mode, market)
    REFERENCES order_intent (id, owner_id, mode, market),
  CONSTRAINT request_is_an_object_of_strings CHECK (
    jsonb_typeof(request_json) = 'object'
    AND NOT jsonb_path_exists(request_json, '$.* ? (@.type() != "string")')),
  CONSTRAINT acked_has_its_uuid CHECK (status <> 'ACKED' OR upbit_uuid IS NOT NULL),
  CONSTRAINT throttled_has_its_time CHECK (status <> 'THROTTLED' OR next_retry_at IS NOT NULL),
  CONSTRAINT rejected_has_its_reason CHECK (status <> 'REJECTED' OR error_code IS NOT NULL),
  CONSTRAINT sent_at_with_its_token CHECK ((sent_token IS NULL) = (sent_at IS NULL)),
  CONSTRAINT token_tells_whether_it_was_sent CHECK (
    CASE status WHEN 'PREPARED' THEN sent_token IS NULL
                WHEN 'SUSPENDED' THEN true
                ELSE sent_token IS NOT NULL END)
);

CREATE INDEX order_attempt_unsettled ON order_attempt (owner_id, market)
  WHERE status IN ('PREPARED', 'SENT', 'UNKNOWN');
CREATE INDEX order_attempt_newest ON order_attempt (owner_id, created_at DESC);

-- The states an attempt may take, and from where. `UPDATE OF status` fires whenever a statement names
-- the column, so SENT to SENT is refused like every other step that is not listed.
CREATE FUNCTION check_attempt_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status, NEW.status) IN (
       ('PREPARED', 'SENT'), ('PREPARED', 'SUSPENDED'),
       ('SENT', 'ACKED'), ('SENT', 'REJECTED'), ('SENT', 'THROTTLED'), ('SENT', 'UNKNOWN'),
       ('SENT', 'SUSPENDED'),
       ('UNKNOWN', 'ACKED'), ('UNKNOWN', 'REJECTED')) THEN
    RETURN NEW;
  END IF;
  -- Evidence beats absence.
  IF OLD.status = 'REJECTED' AND NEW.status = 'ACKED'
     AND OLD.error_code IN ('ABSENT', 'NOT_FOUND_CONFIRMED') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'attempt % may not go from % (%) to %',
    OLD.id, OLD.status, coalesce(OLD.error_code, '-'), NEW.status USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER a_transition BEFORE UPDATE OF status ON order_attempt
  FOR EACH ROW EXECUTE FUNCTION check_attempt_transition();

CREATE FUNCTION check_attempt_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'PREPARED' THEN
    RAISE EXCEPTION 'an attempt begins PREPARED, not %', NEW.status USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER begins_prepared BEFORE INSERT ON order_attempt
  FOR EACH ROW EXECUTE FUNCTION check_attempt_insert();

-- The token is written once, by the step to SENT and by nothing else.
CREATE FUNCTION check_sent_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.sent_token IS NOT NULL OR OLD.sent_at IS NOT NULL THEN
    RAISE EXCEPTION 'sent_token of attempt % is written once', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.sent_token IS NOT NULL AND NOT (OLD.status = 'PREPARED' AND NEW.status = 'SENT') THEN
    RAISE EXCEPTION 'attempt % gets its sent_token with the step to SENT only', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER b_sent_token BEFORE UPDATE OF sent_token, sent_at ON order_attempt
  FOR EACH ROW EXECUTE FUNCTION check_sent_token();

-- What was asked stays as it was asked, and a uuid once known stays. The reason of a REJECTED attempt
-- stays too: REJECTED to ACKED hangs on it.
CREATE FUNCTION check_attempt_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.owner_id, NEW.mode, NEW.market, NEW.order_intent_id, NEW.attempt_no,
      NEW.identifier, NEW.request_json)
     IS DISTINCT FROM
     (OLD.public_id, OLD.owner_id, OLD.mode, OLD.market, OLD.order_intent_id, OLD.attempt_no,
      OLD.identifier, OLD.request_json) THEN
    RAISE EXCEPTION 'the request of attempt % is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.upbit_uuid IS NOT NULL AND NEW.upbit_uuid IS DISTINCT FROM OLD.upbit_uuid THEN
    RAISE EXCEPTION 'upbit_uuid of attempt % is written once', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status = 'REJECTED' AND NEW.status = 'REJECTED'
     AND NEW.error_code IS DISTINCT FROM OLD.error_code THEN
    RAISE EXCEPTION 'the reason of rejected attempt % is written once', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER c_frozen BEFORE UPDATE ON order_attempt
  FOR EACH ROW EXECUTE FUNCTION check_attempt_frozen();

-- An order that exists at Upbit. OURS: an attempt of this database made it. ORPHAN: it carries our tag,
-- and no attempt here can own it. FOREIGN: somebody else's, recorded and never touched.
CREATE TABLE upbit_order (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL REFERENCES app_user,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  upbit_uuid uuid NOT NULL UNIQUE,
  identifier text CHECK (length(identifier) <= 64),
  origin text NOT NULL CHECK (origin IN ('OURS', 'FOREIGN', 'ORPHAN')),
  order_attempt_id bigint UNIQUE,
  side text NOT NULL CHECK (side IN ('bid', 'ask')),
  ord_type text NOT NULL CHECK (ord_type IN ('limit', 'price', 'market', 'best')),
  time_in_force text CHECK (time_in_force IN ('ioc', 'fok', 'post_only')),
  state text NOT NULL CHECK (state IN ('wait', 'watch', 'done', 'cancel')),
  price numeric(38, 18) CHECK (price >= 0),
  volume numeric(38, 18) CHECK (volume >= 0),
  executed_volume numeric(38, 18) NOT NULL DEFAULT 0 CHECK (executed_volume >= 0),
  paid_fee numeric(38, 18) CHECK (paid_fee >= 0),
  ordered_at timestamptz,
  -- Final at Upbit and the sum of its fills equals executed_volume.
  closed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (id, owner_id, mode, market),
  FOREIGN KEY (order_attempt_id, owner_id, mode, market)
    REFERENCES order_attempt (id, owner_id, mode, market),
  CONSTRAINT ours_has_its_attempt CHECK ((origin = 'OURS') = (order_attempt_id IS NOT NULL)),
  CONSTRAINT closed_is_final CHECK (closed_at IS NULL OR state IN ('done', 'cancel'))
);

CREATE INDEX upbit_order_not_closed ON upbit_order (owner_id, mode, market) WHERE closed_at IS NULL;
CREATE INDEX upbit_order_identifier ON upbit_order (identifier) WHERE identifier IS NOT NULL;

-- One execution, stored once. fee is null until known.
CREATE TABLE fill (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  upbit_order_id bigint NOT NULL,
  trade_uuid uuid NOT NULL UNIQUE,
  trade_time timestamptz NOT NULL,
  price numeric(38, 18) NOT NULL CHECK (price > 0),
  volume numeric(38, 18) NOT NULL CHECK (volume > 0),
  funds numeric(38, 18) CHECK (funds > 0),
  fee numeric(38, 18) CHECK (fee >= 0),
  source text NOT NULL CHECK (source IN ('WS', 'REST')),
  -- Of sells; fixed in the fill's own transaction.
  realized_pnl numeric(38, 18),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (upbit_order_id, owner_id, mode, market)
    REFERENCES upbit_order (id, owner_id, mode, market)
);

CREATE INDEX fill_of_order ON fill (upbit_order_id);
CREATE INDEX fill_by_time ON fill (owner_id, mode, market, trade_time);

-- What was done cannot be done differently later: a known trade_uuid with another price or volume goes
-- to fill_conflict.
CREATE FUNCTION check_fill_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.trade_uuid, NEW.upbit_order_id, NEW.price, NEW.volume, NEW.trade_time)
     IS DISTINCT FROM (OLD.trade_uuid, OLD.upbit_order_id, OLD.price, OLD.volume, OLD.trade_time) THEN
    RAISE EXCEPTION 'fill % is written once', OLD.trade_uuid USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER frozen BEFORE UPDATE ON fill FOR EACH ROW EXECUTE FUNCTION check_fill_frozen();

CREATE TABLE fill_conflict (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL,
  mode trading_mode NOT NULL,
  market market_code NOT NULL,
  upbit_order_id bigint NOT NULL,
  trade_uuid uuid NOT NULL REFERENCES fill (trade_uuid),
  price numeric(38, 18) NOT NULL,
  volume numeric(38, 18) NOT NULL,
  source text NOT NULL CHECK (source IN ('WS', 'REST')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (upbit_order_id, owner_id, mode, market)
    REFERENCES upbit_order (id, owner_id, mode, market),
  -- The same conflict reported again is the same conflict.
  UNIQUE (trade_uuid, upbit_order_id, price, volume)
);

CALL keep_updated_at('order_intent', 'order_attempt', 'upbit_order', 'fill', 'fill_conflict');
