-- The register of companies, the notices of new calls, and what companies offer: open fields only.
-- owed: the calls of which a company is still to be told.

CREATE TABLE intake_companies (
    company_id    uuid        NOT NULL PRIMARY KEY,
    version       integer     NOT NULL,
    status        text        NOT NULL,
    kind          text        NOT NULL,
    subjects      text[]      NOT NULL,
    wants_notices boolean     NOT NULL,
    owed          uuid[]      NOT NULL DEFAULT '{}',
    tries         integer     NOT NULL DEFAULT 0,
    code          text,
    again_at      timestamptz,
    registered_on date        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    position      bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_companies USING gin (subjects);
CREATE INDEX ON intake_companies (position) WHERE owed <> '{}';
COMMENT ON COLUMN intake_companies.tries IS
    'how often a notice was put off; with code and again_at noted by the round, not from the log';

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

CREATE OR REPLACE VIEW intake_waiting (what, code, count, oldest) AS
SELECT 'timers', coalesce(code, 'due'), count(*), min(fires_at)
  FROM intake_timers WHERE tries > 0 OR fires_at <= now() GROUP BY coalesce(code, 'due')
UNION ALL
SELECT 'deadlines', code, count(*), min((due_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
  FROM intake_deadlines WHERE status = 'overdue' GROUP BY code
UNION ALL
SELECT 'letters', coalesce(code, 'mail_server'), count(*), min(approved_at)
  FROM intake_letters WHERE status = 'approved' AND means = 'mail' GROUP BY coalesce(code, 'mail_server')
UNION ALL
SELECT 'notices', coalesce(companies.code, 'due'), count(*), min(calls.opens_at)
  FROM intake_companies AS companies CROSS JOIN unnest(companies.owed) AS owed (call_id)
  LEFT JOIN intake_calls AS calls ON calls.call_id = owed.call_id GROUP BY coalesce(companies.code, 'due');
COMMENT ON VIEW intake_waiting IS
    'timers put off, by what refused them, or due and not gone off; deadlines that are overdue, by their code; approved letters that no mail server has taken, by what put them off; notices that companies are owed, by what put them off';
