-- Deadlines as they stand, letters, and what happens by itself at an instant: built from the log and buildable again.
-- The watch reads them only as counted here.

CREATE TABLE matching_deadlines (
    deadline_id      uuid        NOT NULL PRIMARY KEY,
    version          integer     NOT NULL,
    subject_category text        NOT NULL,
    subject_id       uuid        NOT NULL,
    code             text        NOT NULL,
    nature           text        NOT NULL,
    status           text        NOT NULL,
    starts_on        date        NOT NULL,
    due_on           date        NOT NULL,
    met_on           date,
    calendar         text        NOT NULL,
    extensions       integer     NOT NULL DEFAULT 0,
    position         bigint      NOT NULL UNIQUE
);
CREATE INDEX ON matching_deadlines (due_on, deadline_id);
CREATE INDEX ON matching_deadlines (status, due_on, deadline_id);
CREATE INDEX ON matching_deadlines (subject_id);

CREATE TABLE matching_timers (
    stream_id       uuid        NOT NULL,
    kind            text        NOT NULL,
    stream_category text        NOT NULL,
    fires_at        timestamptz NOT NULL,
    cause_id        uuid        NOT NULL,
    correlation_id  uuid        NOT NULL,
    tries           integer     NOT NULL DEFAULT 0,
    code            text,
    again_at        timestamptz,
    PRIMARY KEY (stream_id, kind)
);
CREATE INDEX ON matching_timers (coalesce(again_at, fires_at));
COMMENT ON COLUMN matching_timers.tries IS
    'how often it was put off; with code and again_at noted by the round, not from the log';

CREATE TABLE matching_letters (
    letter_id        uuid        NOT NULL PRIMARY KEY,
    version          integer     NOT NULL,
    status           text        NOT NULL,
    template         text        NOT NULL,
    subject_category text        NOT NULL,
    subject_id       uuid        NOT NULL,
    means            text        NOT NULL,
    adverse          boolean     NOT NULL,
    issued_on        date,
    sent_on          date,
    series           integer     NOT NULL DEFAULT 0,
    attempts         integer     NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz,
    approved_at      timestamptz,
    tries            integer     NOT NULL DEFAULT 0,
    code             text,
    again_at         timestamptz,
    recorded_at      timestamptz NOT NULL,
    position         bigint      NOT NULL UNIQUE
);
CREATE INDEX ON matching_letters (status, position);
CREATE INDEX ON matching_letters (subject_id, position);
COMMENT ON COLUMN matching_letters.tries IS
    'how often the round put it off; with code and again_at noted by the round, not from the log';

CREATE VIEW matching_waiting (what, code, count, oldest) AS
SELECT 'timers', coalesce(code, 'due'), count(*), min(fires_at)
  FROM matching_timers WHERE tries > 0 OR fires_at <= now() GROUP BY coalesce(code, 'due')
UNION ALL
SELECT 'deadlines', code, count(*), min((due_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
  FROM matching_deadlines WHERE status = 'overdue' GROUP BY code
UNION ALL
SELECT 'letters', coalesce(code, 'mail_server'), count(*), min(approved_at)
  FROM matching_letters WHERE status = 'approved' AND means = 'mail' GROUP BY coalesce(code, 'mail_server');
COMMENT ON VIEW matching_waiting IS
    'timers put off, by what refused them, or due and not gone off; deadlines that are overdue, by their code; approved letters that no mail server has taken, by what put them off';
