-- Back-test jobs and their results. Result parts are json, not jsonb: the same request gives the same
-- bytes.

CREATE TABLE backtest_job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL REFERENCES app_user,
  status text NOT NULL DEFAULT 'QUEUED' CHECK (status IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
  -- Kept 24 h, then set to null; the hash tells a repeated request from another one with its key.
  idempotency_key text UNIQUE CHECK (idempotency_key ~ '^[!-~]{1,64}$'),
  request_sha256 sha256_hex NOT NULL,
  request_json json NOT NULL,
  strategy_key text NOT NULL,
  strategy_version text CHECK (length(strategy_version) <= 64),
  strategy_sha256 sha256_hex NOT NULL,
  data_sha256 sha256_hex,
  cancel_requested boolean NOT NULL DEFAULT false,
  attempt_count integer NOT NULL DEFAULT 0 CHECK (attempt_count >= 0),
  error_code text CHECK (length(error_code) <= 64),
  error_details jsonb,
  progress jsonb CHECK (jsonb_typeof(progress) = 'object'),
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (id, owner_id),
  CHECK (status <> 'FAILED' OR error_code IS NOT NULL),
  CHECK ((status IN ('DONE', 'FAILED')) = (finished_at IS NOT NULL))
);

CREATE INDEX backtest_job_newest ON backtest_job (owner_id, created_at DESC, id DESC);
CREATE INDEX backtest_job_waiting ON backtest_job (id) WHERE status IN ('QUEUED', 'RUNNING');

-- One row a run; a job has several when it names several timeframes or both orders of ohlc_path.
CREATE TABLE backtest_result (
  backtest_job_id bigint NOT NULL,
  owner_id bigint NOT NULL,
  run_no integer NOT NULL CHECK (run_no > 0),
  request_json json NOT NULL,
  data_json json NOT NULL,
  metrics_json json NOT NULL,
  signals_json json NOT NULL,
  trades_json json NOT NULL,
  refused_entries_json json NOT NULL,
  decisions_json json NOT NULL,
  equity_json json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (backtest_job_id, run_no),
  FOREIGN KEY (backtest_job_id, owner_id) REFERENCES backtest_job (id, owner_id)
);

CALL keep_updated_at('backtest_job', 'backtest_result');
