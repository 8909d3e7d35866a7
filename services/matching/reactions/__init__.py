"""What matching does by itself when others have decided, or a day has come."""
