-- What the decision ledger needs to say why: each condition with its value and its threshold, in few
-- bytes, as "OS_RSI<=30:41.2-" ("+": it held), parted by spaces. The indicators lose the overhead of
-- jsonb: nobody searches in them, and a row has 1 KB at most.

ALTER TABLE decision ADD COLUMN checks text NOT NULL DEFAULT '' CHECK (length(checks) <= 1024);
ALTER TABLE decision DROP CONSTRAINT decision_indicator_values_check;
ALTER TABLE decision ALTER COLUMN indicator_values DROP DEFAULT;
ALTER TABLE decision ALTER COLUMN indicator_values TYPE json USING indicator_values::json;
ALTER TABLE decision ALTER COLUMN indicator_values SET DEFAULT '{}';
ALTER TABLE decision ADD CONSTRAINT decision_indicator_values_check
  CHECK (json_typeof(indicator_values) = 'object');
