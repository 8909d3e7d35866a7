-- The neighbour's partitions of the event store.

CALL create_service('neighbour');
