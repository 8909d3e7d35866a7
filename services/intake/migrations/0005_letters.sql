-- The list of intake's letters: open fields only, without addressee or text; what waits to be sent is found in it.

CREATE TABLE intake_letters (
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
CREATE INDEX ON intake_letters (status, position);
CREATE INDEX ON intake_letters (subject_id, position);
COMMENT ON COLUMN intake_letters.tries IS
    'how often the round put it off; with code and again_at noted by the round, not from the log';

CREATE OR REPLACE VIEW intake_waiting (what, code, count, oldest) AS
SELECT 'timers', coalesce(code, 'due'), count(*), min(fires_at)
  FROM intake_timers WHERE tries > 0 OR fires_at <= now() GROUP BY coalesce(code, 'due')
UNION ALL
SELECT 'deadlines', code, count(*), min((due_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
  FROM intake_deadlines WHERE status = 'overdue' GROUP BY code
UNION ALL
SELECT 'letters', coalesce(code, 'mail_server'), count(*), min(approved_at)
  FROM intake_letters WHERE status = 'approved' AND means = 'mail' GROUP BY coalesce(code, 'mail_server');
COMMENT ON VIEW intake_waiting IS
    'timers put off, by what refused them, or due and not gone off; deadlines that are overdue, by their code; approved letters that no mail server has taken, by what put them off';
