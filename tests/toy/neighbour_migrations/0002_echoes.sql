-- What the neighbour follows.

CALL create_subscriptions('neighbour');
