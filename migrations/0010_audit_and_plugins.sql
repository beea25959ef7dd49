-- Who did what, and the history of plugins.

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint REFERENCES app_user,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 128),
  -- Of a command over the admin socket.
  actor_uid bigint CHECK (actor_uid >= 0),
  action text NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
  target text CHECK (length(target) <= 256),
  before_json jsonb,
  after_json jsonb,
  trace_id text CHECK (trace_id ~ '^[0-9a-f]{32}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX audit_log_newest ON audit_log (at DESC, id DESC);
CREATE INDEX audit_log_by_action ON audit_log (action, at DESC);

CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE plugin_install (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('strategy', 'exchange', 'auth', 'notifier', 'event_bus')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
  version text NOT NULL CHECK (length(version) BETWEEN 1 AND 64),
  sha256 sha256_hex NOT NULL,
  signature_checked boolean NOT NULL,
  installed_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX plugin_install_newest ON plugin_install (kind, name, installed_at DESC);

CREATE TABLE swap_run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL REFERENCES app_user,
  strategy_key text NOT NULL,
  from_sha256 sha256_hex,
  to_sha256 sha256_hex NOT NULL,
  from_generation bigint CHECK (from_generation > 0),
  to_generation bigint CHECK (to_generation > 0),
  state text NOT NULL DEFAULT 'STAGED'
    CHECK (state IN ('STAGED', 'PROBED', 'LOADED', 'RESTORED', 'SHADOW', 'QUIESCED', 'SNAPSHOT',
                     'CUTOVER', 'PROBATION', 'RETIRED')),
  -- Null while it runs.
  result text CHECK (result IN ('DONE', 'FAILED', 'ROLLED_BACK')),
  error_code text CHECK (length(error_code) <= 64),
  report jsonb,
  finished_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((result IS NULL) = (finished_at IS NULL))
);

CREATE UNIQUE INDEX one_swap_at_a_time ON swap_run (owner_id) WHERE result IS NULL;

CALL keep_updated_at('audit_log', 'plugin_install', 'swap_run');
