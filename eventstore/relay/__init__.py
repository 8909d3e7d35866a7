"""The relay: numbers what was committed, seals it into the ledger, and tells it on RabbitMQ."""
