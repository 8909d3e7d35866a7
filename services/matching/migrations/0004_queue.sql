-- The work queue: where each case stands and with whom, which dates are open, and the words that it is found by.
-- Built from the log, by one subscription: build it again after this migration (renkei projections rebuild matching).

ALTER TABLE matching_cases
    ADD COLUMN departments     text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN lead            text,
    ADD COLUMN accompanied_by  uuid,
    ADD COLUMN people          uuid[]  NOT NULL DEFAULT '{}',
    ADD COLUMN last_contact_on date,
    ADD COLUMN silent          boolean NOT NULL DEFAULT false,
    ADD COLUMN outcome         text,
    ADD COLUMN kept_until      date,
    ADD COLUMN due_on          date    NOT NULL DEFAULT '9999-12-31';
COMMENT ON COLUMN matching_cases.departments IS 'those that are asked or have it: who sees the case beside the desk';
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
    paused     boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE matching_dates IS 'open dates: a row goes when its date is met, dropped or owed no more';
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
