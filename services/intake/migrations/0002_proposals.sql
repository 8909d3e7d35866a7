-- What intake follows, and the list of its proposals: open fields only, built from the log and buildable again.

CALL create_subscriptions('intake');

CREATE TABLE intake_proposals (
    proposal_id     uuid        NOT NULL PRIMARY KEY,
    version         integer     NOT NULL,
    status          text        NOT NULL,
    kind            text        NOT NULL,
    call_id         uuid,
    purposes        text[]      NOT NULL,
    proposer_kind   text        NOT NULL,
    channel         text        NOT NULL,
    pledges_pending boolean     NOT NULL,
    received_on     date        NOT NULL,
    recorded_at     timestamptz NOT NULL,
    position        bigint      NOT NULL UNIQUE,
    accepted_on     date
);
CREATE INDEX ON intake_proposals (status, position);
