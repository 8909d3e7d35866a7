-- The toy's partitions of the event store.

CALL create_service('toy');
