-- The partition of the made-up service that is measured.

CALL create_service('bench');
