-- A service's own partitions: events and what lies beside them. Each service's first migration calls this.

CREATE PROCEDURE create_service(service text) LANGUAGE plpgsql AS $$
DECLARE
    partitioned text;
BEGIN
    FOREACH partitioned IN ARRAY ARRAY['events', 'data_keys', 'sealed_values', 'blind_indexes', 'parked'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)',
                       partitioned || '_' || service, partitioned, service);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN service SET DEFAULT %L', partitioned || '_' || service, service);
    END LOOP;

    -- The names of these constraints tell a repeated command from a conflict (eventstore/store.py).
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY (sequence)',
                   'events_' || service, 'events_' || service || '_sequence');
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (stream_id, version)',
                   'events_' || service, 'events_' || service || '_stream_version');
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (id)',
                   'events_' || service, 'events_' || service || '_event_id');
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', 'events_' || service);

    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', 'data_keys_' || service);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE NULLS NOT DISTINCT (stream_id, class_group, subject)',
                   'data_keys_' || service, 'data_keys_' || service || '_stream');
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (key_id, event_id)', 'sealed_values_' || service);
    EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (key_id) REFERENCES %I (id) ON DELETE CASCADE',
                   'sealed_values_' || service, 'data_keys_' || service);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (name, digest, stream_id)', 'blind_indexes_' || service);
    EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (key_id) REFERENCES %I (id) ON DELETE CASCADE',
                   'blind_indexes_' || service, 'data_keys_' || service);
    EXECUTE format('CREATE INDEX ON %I (key_id)', 'blind_indexes_' || service);
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', 'parked_' || service);
END
$$;
