-- The append-only store: one table of events, a partition and a role for each service, one sequence for all.

CREATE SEQUENCE events_sequence AS bigint CACHE 1;

CREATE TABLE events (
    service        text        NOT NULL,
    sequence       bigint      NOT NULL DEFAULT nextval('events_sequence'),
    category       text        NOT NULL,
    stream_id      uuid        NOT NULL,
    version        integer     NOT NULL CHECK (version > 0),
    id             uuid        NOT NULL,
    type           text        NOT NULL,
    schema_version smallint    NOT NULL,
    command_id     uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    record         bytea       NOT NULL
) PARTITION BY LIST (service);
COMMENT ON COLUMN events.sequence IS 'drawn at the insert: not an order; positions are given by the relay';
COMMENT ON COLUMN events.record IS 'the whole envelope, the bytes that are hashed; the other columns repeat parts of it';

-- Wrapped data keys. Their end is an erasure: what they sealed and what is indexed under them goes with them.
CREATE TABLE data_keys (
    service     text  NOT NULL,
    id          uuid  NOT NULL,
    category    text  NOT NULL,
    stream_id   uuid  NOT NULL,
    class_group text  NOT NULL CHECK (class_group IN ('internal', 'business', 'personal', 'safety')),
    subject     uuid,
    master_key  uuid  NOT NULL,
    wrapped     bytea NOT NULL
) PARTITION BY LIST (service);

CREATE TABLE sealed_values (
    service  text  NOT NULL,
    key_id   uuid  NOT NULL,
    event_id uuid  NOT NULL,
    blob     bytea NOT NULL
) PARTITION BY LIST (service);
COMMENT ON COLUMN sealed_values.blob IS 'nonce, AES-256-GCM of {path: {salts, value}}, tag; bound to event id and key id';

-- Keyed-HMAC look-ups: find a stream by a number that stands in no record in clear.
CREATE TABLE blind_indexes (
    service   text  NOT NULL,
    name      text  NOT NULL,
    digest    bytea NOT NULL,
    category  text  NOT NULL,
    stream_id uuid  NOT NULL,
    key_id    uuid  NOT NULL
) PARTITION BY LIST (service);

-- Messages that cannot be read or answered, sealed, until a person retries or discards them.
CREATE TABLE parked (
    service     text        NOT NULL,
    id          uuid        NOT NULL,
    reason      text        NOT NULL,
    parked_at   timestamptz NOT NULL,
    class_group text        NOT NULL,
    master_key  uuid        NOT NULL,
    key_id      uuid        NOT NULL,
    wrapped     bytea       NOT NULL,
    blob        bytea       NOT NULL
) PARTITION BY LIST (service);
