"""Programs that people start; they own no facts."""
