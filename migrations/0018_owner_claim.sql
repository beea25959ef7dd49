-- `everbit owner claim`: the door that the owner opens on the machine for one login, while app_user
-- has no Kakao id. One row at most, opened again as often as the owner likes.

CREATE TABLE owner_claim (
  owner_id bigint PRIMARY KEY REFERENCES app_user,
  opened_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (expires_at > opened_at)
);

CALL keep_updated_at('owner_claim');
