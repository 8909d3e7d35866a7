"""What follows from each command on a proposal that stands where the command leads on (`decider.FROM`)."""
