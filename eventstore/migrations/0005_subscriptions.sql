-- How far each subscription has followed the log, and the positions that it could not take.

CREATE TABLE subscriptions (
    service  text   NOT NULL,
    name     text   NOT NULL,
    position bigint NOT NULL DEFAULT 0 CHECK (position >= 0)
) PARTITION BY LIST (service);
COMMENT ON COLUMN subscriptions.position IS 'everything up to this position is followed or parked';

CREATE TABLE parked_positions (
    service      text        NOT NULL,
    subscription text        NOT NULL,
    position     bigint      NOT NULL,
    code         text        NOT NULL,
    parked_at    timestamptz NOT NULL
) PARTITION BY LIST (service);

-- A service that follows calls this in a migration of its own.
CREATE PROCEDURE create_subscriptions(service text) LANGUAGE plpgsql AS $$
DECLARE
    partitioned text;
BEGIN
    FOREACH partitioned IN ARRAY ARRAY['subscriptions', 'parked_positions'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)',
                       partitioned || '_' || service, partitioned, service);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN service SET DEFAULT %L', partitioned || '_' || service, service);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (name)', 'subscriptions_' || service);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (subscription, position)', 'parked_positions_' || service);
END
$$;
