-- What either side of a case has promised: open fields alone, built from the log.

CREATE TABLE matching_obligations (
    obligation_id uuid    NOT NULL PRIMARY KEY,
    case_id       uuid    NOT NULL,
    version       integer NOT NULL,
    side          text    NOT NULL,
    kind          text    NOT NULL,
    department    text,
    status        text    NOT NULL,
    undertaken_on date    NOT NULL,
    first_due_on  date    NOT NULL,
    due_on        date    NOT NULL,
    changes       integer NOT NULL DEFAULT 0,
    fulfilled_on  date,
    released_on   date,
    position      bigint  NOT NULL UNIQUE
);
COMMENT ON COLUMN matching_obligations.changes IS 'how often another day was agreed on';
CREATE INDEX ON matching_obligations (due_on, obligation_id);
CREATE INDEX ON matching_obligations (case_id);
CREATE INDEX ON matching_obligations (department, due_on, obligation_id);
