"""What is measured of matching; README.md says how, and what the figures are worth."""
