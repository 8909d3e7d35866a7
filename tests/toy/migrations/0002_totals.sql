-- What the toy follows.

CALL create_subscriptions('toy');

CREATE TABLE toy_totals (
    counter_id uuid    NOT NULL PRIMARY KEY,
    total      integer NOT NULL CHECK (total <= 1000),
    version    integer NOT NULL
);
