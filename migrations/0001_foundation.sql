-- Types, the touch trigger, and the rows of which there is one: owner, installation, trader, counters.

-- A mode and a market are written on every trading table; the domain is their CHECK, said once.
CREATE DOMAIN trading_mode AS text CHECK (VALUE IN ('REAL', 'PAPER'));

-- Byte order is "code order" (the order in which market_state rows are locked), whatever the
-- database's own collation is.
CREATE DOMAIN market_code AS text COLLATE "C" CHECK (VALUE ~ '^[A-Z0-9]{1,10}-[A-Z0-9]{1,15}$');

-- '15m', '240m', '1d', '1w'.
CREATE DOMAIN candle_timeframe AS text CHECK (VALUE ~ '^[1-9][0-9]{0,4}[mdw]$');

CREATE DOMAIN sha256_hex AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');

-- What leaves the database as an id: time-ordered, so that lists and partitions follow time.
CREATE DOMAIN uuid_v7 AS uuid CHECK (get_byte(uuid_send(VALUE), 6) >> 4 = 7);

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;

-- Gives a table its touch trigger. Every table has created_at and updated_at, except those of the
-- outbox, where one more write or one more byte a row is paid for by every event.
CREATE PROCEDURE keep_updated_at(VARIADIC tables text[]) LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY tables LOOP
    EXECUTE format('CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %I '
                   'FOR EACH ROW EXECUTE FUNCTION touch_updated_at()', name);
  END LOOP;
END $$;

-- The key of an advisory lock by its name. Names in use: 'trader', 'account', 'instance <uuid>',
-- 'outbox partitions'. Locks are per database, so installations on one server do not meet.
CREATE FUNCTION lock_key(name text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN hashtextextended('everbit ' || name, 0);

-- One account. kakao_id is null until the owner's first login.
CREATE TABLE app_user (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  kakao_id text UNIQUE CHECK (length(kakao_id) BETWEEN 1 AND 64),
  singleton boolean NOT NULL DEFAULT true CHECK (singleton) UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The tag stands in every identifier sent to Upbit: it tells this installation's orders from those
-- of another one on the same account. It never changes.
CREATE TABLE installation (
  tag text PRIMARY KEY CHECK (tag ~ '^[a-z0-9]{6}$'),
  singleton boolean NOT NULL DEFAULT true CHECK (singleton) UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER tag_is_written_once BEFORE UPDATE OF tag OR DELETE ON installation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Counters that every process reads every 100 ms; what has moved is read anew.
CREATE TABLE control_version (
  name text PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO control_version (name) VALUES ('kill_switch'), ('settings'), ('activation');

-- Statement trigger of the tables behind a counter; its argument is the counter's name. The
-- notification is a wake-up only: who misses it reads the counter 100 ms later.
CREATE FUNCTION bump_control_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control_version SET version = version + 1 WHERE name = TG_ARGV[0];
  PERFORM pg_notify('everbit_control', TG_ARGV[0]);
  RETURN NULL;
END $$;

-- Who holds the trader lock wrote its instance here first; the candle's and the SENT transaction
-- compare it FOR SHARE. The lock alone is no fence: a paused process may outlive its session.
CREATE TABLE trader_instance (
  owner_id bigint PRIMARY KEY REFERENCES app_user,
  instance uuid NOT NULL,
  boot_id uuid NOT NULL,
  since timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- A process holds the advisory lock of its instance for as long as its session lives. Looked up, not
-- tried: a try would for a moment hold the lock of the very process it asks about.
CREATE FUNCTION instance_alive(instance uuid) RETURNS boolean LANGUAGE sql STABLE STRICT
  RETURN EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.classid::bigint << 32 | l.objid::bigint) = lock_key('instance ' || instance::text));

CALL keep_updated_at('app_user', 'installation', 'control_version', 'trader_instance');
