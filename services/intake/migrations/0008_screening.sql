-- What screening makes of a proposal, in the list: open fields only.

ALTER TABLE intake_proposals
    ADD COLUMN edition     integer NOT NULL DEFAULT 1,
    ADD COLUMN flags       uuid[]  NOT NULL DEFAULT '{}',
    ADD COLUMN flagged     boolean NOT NULL GENERATED ALWAYS AS (cardinality(flags) > 0) STORED,
    ADD COLUMN returned_on date,
    ADD COLUMN answer_by   date,
    ADD COLUMN review_on   date,
    ADD COLUMN destination text,
    ADD COLUMN merged_into uuid,
    ADD COLUMN decided_on  date;
UPDATE intake_proposals SET decided_on = accepted_on;
CREATE INDEX ON intake_proposals (position) WHERE flagged;
