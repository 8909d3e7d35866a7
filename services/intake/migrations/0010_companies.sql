-- The register of companies, the notices of new calls, and what companies offer: open fields only.
-- owed: the calls of which a company is still to be told.

ALTER TABLE intake_calls ADD COLUMN subjects text[] NOT NULL DEFAULT '{}';

CREATE TABLE intake_companies (
    company_id    uuid        NOT NULL PRIMARY KEY,
    version       integer     NOT NULL,
    status        text        NOT NULL,
    kind          text        NOT NULL,
    subjects      text[]      NOT NULL,
    wants_notices boolean     NOT NULL,
    owed          uuid[]      NOT NULL DEFAULT '{}',
    registered_on date        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    position      bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_companies USING gin (subjects);
CREATE INDEX ON intake_companies (position) WHERE owed <> '{}';

CREATE TABLE intake_call_notices (
    letter_id  uuid   NOT NULL PRIMARY KEY,
    call_id    uuid   NOT NULL,
    company_id uuid   NOT NULL,
    position   bigint NOT NULL UNIQUE
);
CREATE INDEX ON intake_call_notices (call_id, position);

CREATE TABLE intake_offers (
    offer_id    uuid        NOT NULL PRIMARY KEY,
    version     integer     NOT NULL,
    status      text        NOT NULL,
    subjects    text[]      NOT NULL,
    posted_on   date        NOT NULL,
    until       date,
    company_id  uuid,
    answered_by text[]      NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL,
    position    bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_offers USING gin (subjects);
