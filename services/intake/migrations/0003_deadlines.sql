-- Deadlines as they stand, and what happens by itself at an instant: both are built from the log and buildable again.
-- The watch reads them only as counted here.

CREATE TABLE intake_deadlines (
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
CREATE INDEX ON intake_deadlines (due_on, deadline_id);
CREATE INDEX ON intake_deadlines (status, due_on, deadline_id);
CREATE INDEX ON intake_deadlines (subject_id);

CREATE TABLE intake_timers (
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
CREATE INDEX ON intake_timers (coalesce(again_at, fires_at));
COMMENT ON COLUMN intake_timers.tries IS
    'how often it was put off; with code and again_at noted by the round, not from the log';

CREATE VIEW intake_waiting (what, code, count, oldest) AS
SELECT 'timers', coalesce(code, 'due'), count(*), min(fires_at)
  FROM intake_timers WHERE tries > 0 OR fires_at <= now() GROUP BY coalesce(code, 'due')
UNION ALL
SELECT 'deadlines', code, count(*), min((due_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
  FROM intake_deadlines WHERE status = 'overdue' GROUP BY code;
COMMENT ON VIEW intake_waiting IS
    'timers put off, by what refused them, or due and not gone off; deadlines that are overdue, by their code';
