-- When the database was found to be older than what has happened since: after a restore, or because
-- somebody put old data there. Written by the transaction that made it safe (store/old_data).
CREATE TABLE old_data (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL REFERENCES app_user,
  cause text NOT NULL CHECK (cause IN ('RESTORE', 'HIGH_WATER')),
  -- The newest attempt that had been sent, as the file state/high-water said: known to be missing.
  high_water uuid,
  newest_attempt_at timestamptz,
  suspended integer NOT NULL CHECK (suspended >= 0),
  made_unknown integer NOT NULL CHECK (made_unknown >= 0),
  commands_dropped integer NOT NULL CHECK (commands_dropped >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CALL keep_updated_at('old_data');
