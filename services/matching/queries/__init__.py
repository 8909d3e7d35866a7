"""What matching answers when it is asked, and what it looks up in others' records."""
