-- Matching's partitions of the event store, what it follows, and the list of its cases.

CALL create_service('matching');
CALL create_subscriptions('matching');

CREATE TABLE matching_cases (
    case_id     uuid        NOT NULL PRIMARY KEY,
    proposal_id uuid        NOT NULL UNIQUE,
    version     integer     NOT NULL,
    status      text        NOT NULL,
    opened_on   date        NOT NULL,
    recorded_at timestamptz NOT NULL,
    position    bigint      NOT NULL UNIQUE
);
CREATE INDEX ON matching_cases (status, position);
