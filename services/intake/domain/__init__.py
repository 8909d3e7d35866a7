"""What intake decides: proposals and inquiries, what a city takes, and what a proposer is handed in return."""
