-- What the account held of the market's coin (free and locked) when the attempt was sent, by the newest
-- reading; null when there was none. An attempt is taken for absent by itself only if that has not moved.
ALTER TABLE order_attempt
  ADD COLUMN base_before numeric(38, 18) CHECK (base_before >= 0),
  ADD CONSTRAINT base_before_is_of_a_sent_one CHECK (base_before IS NULL OR sent_at IS NOT NULL);
