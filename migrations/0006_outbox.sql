-- The event bus: an insert-only log, and small hot tables beside it. Every bus uses these; a group owns
-- the lanes [group_base, group_base + lanes). No touch triggers here: the log never changes, and the
-- hot rows live for milliseconds.

CREATE SEQUENCE outbox_id CACHE 1;
-- Never reset. Tokens are compared for equality only, so cached (unordered) values are fine.
CREATE SEQUENCE outbox_lease_token CACHE 64;

CREATE TABLE outbox_event (
  event_id uuid NOT NULL PRIMARY KEY,
  id bigint NOT NULL DEFAULT nextval('outbox_id'),
  stream varchar(128) NOT NULL,
  event_type varchar(128) NOT NULL,
  aggregate_type varchar(64) NOT NULL,
  aggregate_id bigint,
  partition_key varchar(64) NOT NULL,
  -- json, not jsonb: the same bytes on every bus.
  payload_json json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (event_id);

-- Catches what no month takes (a clock far off). Rows here are an alarm.
CREATE TABLE outbox_event_default PARTITION OF outbox_event DEFAULT;

CREATE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'outbox_event is written once' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER written_once BEFORE UPDATE ON outbox_event
  FOR EACH ROW EXECUTE FUNCTION refuse_log_change();

-- The smallest UUID v7 of a moment.
CREATE FUNCTION uuid_v7_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0')
          || '00000000000000000000')::uuid;

-- Makes sure that the month of p_at and the next one have their partitions; returns how many were
-- made. Rows that fell into the default partition meanwhile are moved. Called at each start and daily.
CREATE FUNCTION outbox_ensure_partitions(p_at timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  first_day timestamptz := date_trunc('month', p_at, 'UTC');
  next_day timestamptz;
  name text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(lock_key('outbox partitions'));
  FOR step IN 1..2 LOOP
    next_day := (first_day AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
    name := 'outbox_event_' || to_char(first_day AT TIME ZONE 'UTC', 'YYYYMM');
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I (LIKE outbox_event INCLUDING DEFAULTS INCLUDING INDEXES)', name);
      EXECUTE format('WITH moved AS (DELETE FROM outbox_event_default '
                     'WHERE event_id >= %L AND event_id < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                     uuid_v7_floor(first_day), uuid_v7_floor(next_day), name);
      EXECUTE format('ALTER TABLE outbox_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                     name, uuid_v7_floor(first_day), uuid_v7_floor(next_day));
      made := made + 1;
    END IF;
    first_day := next_day;
  END LOOP;
  RETURN made;
END $$;

SELECT outbox_ensure_partitions();

-- Who reads what. Static; lanes are numbered through all groups.
CREATE TABLE outbox_group (
  stream varchar(128) NOT NULL,
  grp varchar(64) NOT NULL,
  ordered boolean NOT NULL,
  group_base integer NOT NULL UNIQUE CHECK (group_base >= 0),
  lanes integer NOT NULL CHECK (lanes > 0),
  PRIMARY KEY (stream, grp),
  -- Two groups never share a lane.
  EXCLUDE USING gist (int4range(group_base, group_base + lanes) WITH &&)
);

CREATE TABLE outbox_queue (
  lane integer NOT NULL,
  id bigint NOT NULL,
  event_id uuid NOT NULL,
  key_hash integer NOT NULL,
  -- Due time while pending, lease expiry while processing.
  ready_at timestamptz NOT NULL DEFAULT now(),
  -- Above 0 while leased; a retry writes 0 or a negative value, so that no token of a lease matches.
  lease_token bigint NOT NULL DEFAULT 0,
  attempt_count integer NOT NULL DEFAULT 0,
  max_attempts integer NOT NULL DEFAULT 10,
  last_error_code varchar(64),
  PRIMARY KEY (lane, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0);

CREATE TABLE outbox_delayed (LIKE outbox_queue INCLUDING DEFAULTS, PRIMARY KEY (lane, id));
CREATE INDEX outbox_delayed_due ON outbox_delayed (ready_at);

CREATE TABLE outbox_dead (
  event_id uuid NOT NULL,
  grp varchar(64) NOT NULL,
  -- The whole log row: it outlives the month's partition.
  "row" json NOT NULL,
  attempt_count integer,
  last_error_code varchar(64),
  last_error_message text,
  died_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, grp)
);

CREATE TABLE outbox_lane (
  lane integer PRIMARY KEY,
  owner text,
  epoch bigint NOT NULL DEFAULT 0,
  lease_until timestamptz DEFAULT '-infinity',
  inflight_hi bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

CREATE TABLE consumer_inbox (
  grp varchar(64) NOT NULL,
  event_id uuid NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (grp, event_id)
);

-- The lanes of a group come with it.
CREATE FUNCTION add_outbox_lanes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox_lane (lane)
  SELECT generate_series(NEW.group_base, NEW.group_base + NEW.lanes - 1)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER add_lanes AFTER INSERT ON outbox_group
  FOR EACH ROW EXECUTE FUNCTION add_outbox_lanes();

-- Events of one market on the trade streams are handled in order, by every group.
INSERT INTO outbox_group (stream, grp, ordered, group_base, lanes) VALUES
  ('everbit.trade.command', 'order-executor', true, 0, 8),
  ('everbit.trade.event', 'notification', true, 8, 8),
  ('everbit.system.event', 'notification', false, 16, 1),
  ('everbit.backtest.event', 'notification', false, 17, 1),
  ('everbit.backtest.command', 'backtest', false, 18, 1);

-- Every event beside its state in each group. In an ordered group PROCESSING means that the lane is
-- leased and the event is not above what its owner said to have in hand.
CREATE VIEW outbox_event_state AS
SELECT e.event_id, e.id, e.stream, e.event_type, e.aggregate_type, e.aggregate_id, e.partition_key,
       e.payload_json, e.created_at, g.grp,
       CASE WHEN dead.event_id IS NOT NULL THEN 'DEAD'
            WHEN delayed.event_id IS NOT NULL THEN 'PENDING'
            WHEN q.event_id IS NULL THEN 'DONE'
            WHEN g.ordered THEN
              CASE WHEN l.lease_until > now() AND q.id <= l.inflight_hi AND q.ready_at <= now()
                   THEN 'PROCESSING' ELSE 'PENDING' END
            WHEN q.lease_token > 0 THEN 'PROCESSING'
            ELSE 'PENDING' END AS status,
       coalesce(q.attempt_count, delayed.attempt_count, dead.attempt_count) AS attempt_count,
       coalesce(q.max_attempts, delayed.max_attempts) AS max_attempts,
       CASE WHEN delayed.event_id IS NOT NULL THEN delayed.ready_at
            WHEN q.ready_at > now() AND (g.ordered OR q.lease_token <= 0) THEN q.ready_at
       END AS next_retry_at,
       CASE WHEN q.event_id IS NULL THEN NULL
            WHEN g.ordered THEN l.lease_until
            WHEN q.lease_token > 0 THEN q.ready_at END AS locked_until,
       CASE WHEN q.event_id IS NOT NULL AND g.ordered THEN l.owner END AS locked_by,
       coalesce(q.last_error_code, delayed.last_error_code, dead.last_error_code) AS last_error_code,
       dead.last_error_message
FROM outbox_event e
LEFT JOIN outbox_group g ON g.stream = e.stream
LEFT JOIN outbox_queue q
  ON q.event_id = e.event_id AND q.lane >= g.group_base AND q.lane < g.group_base + g.lanes
LEFT JOIN outbox_delayed delayed
  ON delayed.event_id = e.event_id
     AND delayed.lane >= g.group_base AND delayed.lane < g.group_base + g.lanes
LEFT JOIN outbox_lane l ON l.lane = q.lane
LEFT JOIN outbox_dead dead ON dead.event_id = e.event_id AND dead.grp = g.grp;

-- Drops the months that lie wholly before the retention and that no waiting row needs, and empties the
-- inbox of what is older. Returns the partitions dropped.
CREATE FUNCTION outbox_drop_expired(p_days integer DEFAULT 30) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  keep_from uuid := uuid_v7_floor(now() - make_interval(days => p_days));
  oldest_needed uuid;
  month record;
  dropped integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(lock_key('outbox partitions'));
  SELECT event_id INTO oldest_needed
    FROM (SELECT event_id FROM outbox_queue UNION ALL SELECT event_id FROM outbox_delayed) waiting
    ORDER BY event_id LIMIT 1;
  keep_from := least(keep_from, oldest_needed);
  FOR month IN
    SELECT c.relname, (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') AT TIME ZONE 'UTC'
                        AS ends
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'outbox_event'::regclass AND c.relname ~ '^outbox_event_[0-9]{6}$'
  LOOP
    IF uuid_v7_floor(month.ends) <= keep_from THEN
      EXECUTE format('DROP TABLE %I', month.relname);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  DELETE FROM consumer_inbox WHERE handled_at < now() - make_interval(days => p_days);
  RETURN dropped;
END $$;
