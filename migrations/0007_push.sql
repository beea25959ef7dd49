-- Web Push: who is told, and what was told.

CREATE TABLE push_subscription (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id uuid_v7 NOT NULL UNIQUE,
  owner_id bigint NOT NULL REFERENCES app_user,
  endpoint text NOT NULL CHECK (length(endpoint) BETWEEN 1 AND 2048),
  p256dh text NOT NULL CHECK (length(p256dh) BETWEEN 1 AND 512),
  auth text NOT NULL CHECK (length(auth) BETWEEN 1 AND 512),
  vapid_key_id text NOT NULL CHECK (length(vapid_key_id) <= 128),
  user_agent text CHECK (length(user_agent) <= 512),
  device_tag text CHECK (length(device_tag) <= 64),
  enabled boolean NOT NULL DEFAULT true,
  not_before timestamptz,
  last_error text CHECK (length(last_error) <= 256),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, endpoint),
  UNIQUE (id, owner_id)
);

-- A type without a row is on.
CREATE TABLE push_setting (
  owner_id bigint NOT NULL REFERENCES app_user,
  type text NOT NULL CHECK (type IN ('ORDER_ACCEPTED', 'ORDER_FILLED', 'STOP_LOSS', 'EXIT_REFUSED',
                                     'STRATEGY_DOWN', 'MARKET_SUSPENDED', 'BLOCKED_418',
                                     'KILL_SWITCH_OFF', 'KEY_EXPIRING', 'RESTARTED', 'BACKTEST_DONE')),
  enabled boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner_id, type)
);

-- Inserted before the first send: a crash may repeat a push, never lose one.
CREATE TABLE notification_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL REFERENCES app_user,
  event_id uuid NOT NULL,
  type text NOT NULL CHECK (length(type) <= 64),
  status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'DONE')),
  claimed_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, event_id),
  UNIQUE (id, owner_id)
);

CREATE TABLE notification_delivery (
  notification_log_id bigint NOT NULL,
  push_subscription_id bigint NOT NULL,
  owner_id bigint NOT NULL,
  delivered_at timestamptz,
  -- The push service's status; null: no answer.
  answer_status integer CHECK (answer_status BETWEEN 100 AND 599),
  error text CHECK (length(error) <= 256),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (notification_log_id, push_subscription_id),
  FOREIGN KEY (notification_log_id, owner_id) REFERENCES notification_log (id, owner_id),
  FOREIGN KEY (push_subscription_id, owner_id) REFERENCES push_subscription (id, owner_id)
);

CALL keep_updated_at('push_subscription', 'push_setting', 'notification_log', 'notification_delivery');
