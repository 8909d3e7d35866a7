-- What came in and what became of it, a row for each proposal and inquiry: no name and no number, built from the log.

CREATE TABLE intake_statistics (
    matter_id           uuid    NOT NULL PRIMARY KEY,
    matter              text    NOT NULL,
    status              text    NOT NULL,
    kind                text,
    origin              text,
    call_id             uuid,
    purposes            text[]  NOT NULL,
    proposer_kind       text,
    has_proposed_before boolean,
    channel             text,
    received_on         date    NOT NULL,
    decided_on          date,
    answered_on         date,
    returned_on         date,
    days_returned       integer NOT NULL DEFAULT 0
);
CREATE INDEX ON intake_statistics (received_on);
