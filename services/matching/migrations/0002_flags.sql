-- Which cases a measure in intake's registers concerns.

ALTER TABLE matching_cases ADD COLUMN flags uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE matching_cases ADD COLUMN flagged boolean NOT NULL GENERATED ALWAYS AS (cardinality(flags) > 0) STORED;
