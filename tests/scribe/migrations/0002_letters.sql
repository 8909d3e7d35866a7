-- The list of the scribe's letters: open fields only, without addressee or text; what waits to be sent is found in it.

CREATE TABLE scribe_letters (
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
CREATE INDEX ON scribe_letters (status, position);
CREATE INDEX ON scribe_letters (subject_id, position);
