-- The scribe's partitions of the event store.

CALL create_service('scribe');
CALL create_subscriptions('scribe');
