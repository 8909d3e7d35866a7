"""What must hold: unit and contract tests without servers, the others on real ones."""
