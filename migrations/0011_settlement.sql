-- What settles an attempt whose fate is unknown, and an order that does not end.

-- When it became UNKNOWN; kept when it is settled. More than three in ten minutes end the entries.
ALTER TABLE order_attempt ADD COLUMN unknown_at timestamptz;

UPDATE order_attempt SET unknown_at = updated_at WHERE status = 'UNKNOWN';

CREATE INDEX order_attempt_unknown ON order_attempt (owner_id, unknown_at)
  WHERE unknown_at IS NOT NULL;

-- Written here, so that it is true whoever takes the step.
CREATE FUNCTION note_unknown_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.unknown_at := clock_timestamp();
  RETURN NEW;
END $$;

CREATE TRIGGER d_unknown_at BEFORE UPDATE OF status ON order_attempt
  FOR EACH ROW WHEN (NEW.status = 'UNKNOWN') EXECUTE FUNCTION note_unknown_at();

-- Attempts settled as absent: an order that shows up after all is looked for during seven days.
CREATE INDEX order_attempt_absent ON order_attempt (owner_id, sent_at)
  WHERE status = 'REJECTED' AND error_code IN ('ABSENT', 'NOT_FOUND_CONFIRMED');

-- stuck_at: when ORDER_STUCK was raised, once an order. Only such an order may be cancelled, by the
-- owner: the request stands here until the trader has passed it on, which tells nothing about the
-- order's end.
ALTER TABLE upbit_order
  ADD COLUMN stuck_at timestamptz,
  ADD COLUMN cancel_requested_at timestamptz,
  ADD COLUMN cancel_sent_at timestamptz,
  ADD CONSTRAINT only_a_stuck_order_is_cancelled
    CHECK (cancel_requested_at IS NULL OR stuck_at IS NOT NULL),
  ADD CONSTRAINT cancel_is_requested_first
    CHECK (cancel_sent_at IS NULL OR cancel_requested_at IS NOT NULL);
