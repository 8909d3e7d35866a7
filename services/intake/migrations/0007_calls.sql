-- Calls and the questions to them: open fields only. What a call is about and says stands here from the event that
-- made it public.

CREATE TABLE intake_calls (
    call_id     uuid        NOT NULL PRIMARY KEY,
    version     integer     NOT NULL,
    status      text        NOT NULL,
    opens_at    timestamptz,
    closes_at   timestamptz,
    aim         text,
    department  text,
    purposes    text[],
    subjects    text[],
    title       text,
    issue       text,
    conditions  text,
    outcome     text,
    selected    uuid[],
    explanation text,
    recorded_at timestamptz NOT NULL,
    position    bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_calls (status, position);

CREATE TABLE intake_call_questions (
    question_id uuid        NOT NULL PRIMARY KEY,
    call_id     uuid        NOT NULL,
    question    text        NOT NULL,
    answer      text        NOT NULL,
    answered_on date        NOT NULL,
    position    bigint      NOT NULL UNIQUE
);
CREATE INDEX ON intake_call_questions (call_id, position);
