"""What intake answers when asked."""
