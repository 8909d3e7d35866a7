-- The list of inquiries: open fields only, built from the log and buildable again.

CREATE TABLE intake_inquiries (
    inquiry_id    uuid        NOT NULL PRIMARY KEY,
    version       integer     NOT NULL,
    status        text        NOT NULL,
    proposer_kind text,
    channel       text        NOT NULL,
    received_on   date        NOT NULL,
    answered_on   date,
    proposal_id   uuid,
    ended_on      date,
    recorded_at   timestamptz NOT NULL,
    position      bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_inquiries (status, position);
