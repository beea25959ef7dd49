-- What an exchange that only simulates fills knows of its account: money and orders of mode PAPER, as
-- its plugin saved them. Stored before anybody is told of a change, so that what was told survives.
CREATE TABLE paper_exchange (
  owner_id bigint NOT NULL REFERENCES app_user,
  plugin_id text NOT NULL CHECK (length(plugin_id) <= 128),
  revision bigint NOT NULL CHECK (revision > 0),
  written_by uuid NOT NULL,
  plugin_version text NOT NULL CHECK (length(plugin_version) <= 64),
  state_schema text NOT NULL CHECK (length(state_schema) <= 128),
  state_version integer NOT NULL CHECK (state_version >= 0),
  state bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, plugin_id)
);
CALL keep_updated_at('paper_exchange');
