-- The list of measures in the registers: open fields only, built from the log and buildable again.

CREATE TABLE intake_measures (
    entry_id        uuid        NOT NULL PRIMARY KEY,
    version         integer     NOT NULL,
    from_day        date        NOT NULL,
    until_day       date,
    standing        text        NOT NULL,
    lifted_on       date,
    undecided       uuid[]      NOT NULL DEFAULT '{}',
    awaits_decision boolean     NOT NULL
        GENERATED ALWAYS AS (cardinality(undecided) > 0 AND standing IN ('coming', 'barring')) STORED,
    recorded_at     timestamptz NOT NULL,
    position        bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_measures (awaits_decision, position);
CREATE INDEX ON intake_measures USING gin (undecided);
