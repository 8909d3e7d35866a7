-- The work queue: where each case stands and with whom, which dates are open, and the words that it is found by.
-- Built from the log, by one subscription.

ALTER TABLE matching_cases
    ADD COLUMN departments      text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN in_charge        text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN lead             text,
    ADD COLUMN accompanied_by   uuid,
    ADD COLUMN people           uuid[]  NOT NULL DEFAULT '{}',
    ADD COLUMN last_contact_on  date,
    ADD COLUMN silent           boolean NOT NULL DEFAULT false,
    ADD COLUMN minutes_waiting  boolean NOT NULL DEFAULT false,
    ADD COLUMN minutes_objected boolean NOT NULL DEFAULT false,
    ADD COLUMN outcome          text,
    ADD COLUMN kept_until       date,
    ADD COLUMN due_on           date    NOT NULL DEFAULT '9999-12-31';
COMMENT ON COLUMN matching_cases.departments IS 'those that are asked or have it: who sees the case beside the desk';
COMMENT ON COLUMN matching_cases.in_charge IS 'those of them that have it';
COMMENT ON COLUMN matching_cases.minutes_waiting IS 'the city stands by minutes that the proposer has not answered';
COMMENT ON COLUMN matching_cases.minutes_objected IS 'the proposer objected to the newest edition of minutes';
COMMENT ON COLUMN matching_cases.due_on IS 'the least of its open dates; without any the last day that there is';
CREATE INDEX ON matching_cases (due_on, case_id);
CREATE INDEX ON matching_cases (status, due_on, case_id);
CREATE INDEX ON matching_cases USING gin (departments);
CREATE INDEX ON matching_cases USING gin (people);

CREATE TABLE matching_dates (
    source_id  uuid    NOT NULL PRIMARY KEY,
    source     text    NOT NULL,
    subject_id uuid    NOT NULL,
    kind       text    NOT NULL,
    due_on     date    NOT NULL,
    department text,
    paused     boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE matching_dates IS 'open dates: a row goes when its date is met, dropped or owed no more';
COMMENT ON COLUMN matching_dates.department IS 'the one that is to answer by it, or has promised something by it';
COMMENT ON COLUMN matching_dates.source IS 'category of the stream that tells the date, source_id its id';
COMMENT ON COLUMN matching_dates.subject_id IS 'the case, or its proposal, which may have dates before there is a case';
CREATE INDEX ON matching_dates (subject_id, due_on);

-- What was opened for the queue. Each row ends with the key that it was opened with: erasing removes it too.
CREATE TABLE matching_case_texts (
    case_id  uuid   NOT NULL,
    part     text   NOT NULL,
    key_id   uuid   NOT NULL REFERENCES data_keys_intake (id) ON DELETE CASCADE,
    shown    text   NOT NULL,
    searched text   NOT NULL,
    bigrams  text[] NOT NULL,
    PRIMARY KEY (case_id, part)
);
COMMENT ON COLUMN matching_case_texts.bigrams IS 'every two characters of `searched` that stand side by side';
CREATE INDEX ON matching_case_texts (key_id);
CREATE INDEX ON matching_case_texts USING gin (bigrams);

-- The rows that there were say nothing of all this: the subscription builds them again from the log's start.
DELETE FROM matching_cases;
DELETE FROM parked_positions_matching WHERE subscription = 'cases';
UPDATE subscriptions_matching SET position = 0 WHERE name = 'cases';
