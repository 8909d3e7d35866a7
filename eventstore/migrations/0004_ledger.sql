-- The ledger: each committed event's permanent position, dense and gapless, and the tree over the records.

CREATE TABLE positions (
    position bigint NOT NULL PRIMARY KEY CHECK (position > 0),
    sequence bigint NOT NULL UNIQUE,
    service  text   NOT NULL,
    leaf     bytea  NOT NULL CHECK (octet_length(leaf) = 32)
);
COMMENT ON COLUMN positions.leaf IS 'SHA-256(0x00 || record): RFC 6962, section 2.1';

-- Complete subtrees at every eighth level: enough to make any proof from a few hundred hashes.
CREATE TABLE tree_nodes (
    level  smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
    number bigint   NOT NULL CHECK (number >= 0),
    hash   bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);
COMMENT ON COLUMN tree_nodes.number IS 'covers positions number * 2^level + 1 to (number + 1) * 2^level';

CREATE TABLE checkpoints (
    size      bigint      NOT NULL CHECK (size >= 0),
    origin    text        NOT NULL,
    note      text        NOT NULL,
    closes    date,
    signed_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (origin, size, closes)
);
COMMENT ON COLUMN checkpoints.closes IS 'the day whose closing size this is, or null for one signed on demand';

-- What the relay remembers: up to which sequence number everything is decided, and up to which position it has told.
CREATE TABLE relay_progress (
    one       boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    decided   bigint  NOT NULL DEFAULT 0,
    published bigint  NOT NULL DEFAULT 0
);
INSERT INTO relay_progress DEFAULT VALUES;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON positions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tree_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Breaks of the ledger (a restored backup): each opens a new origin, `renkei/<municipality>/<epoch>`.
CREATE TABLE ledger_epochs (
    epoch         integer     NOT NULL PRIMARY KEY CHECK (epoch > 1),
    began_at_size bigint      NOT NULL,
    held_size     bigint,
    reason        text        NOT NULL,
    begun_at      timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_epochs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
