"""Following: subscriptions read the log by position; projections and reactions are one thing."""
