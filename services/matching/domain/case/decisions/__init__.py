"""What follows from a command on a case where it leads on, by matter."""
