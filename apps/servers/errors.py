"""What can go wrong while servers are found, fetched and started."""


class ServersUnavailable(Exception):
    """PostgreSQL or RabbitMQ can neither be found, fetched nor started here; the text is one sentence for a person."""
