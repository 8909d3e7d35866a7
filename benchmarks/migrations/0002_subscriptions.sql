-- What the made-up service follows.

CALL create_subscriptions('bench');
