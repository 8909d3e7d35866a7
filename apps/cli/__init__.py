"""The command line: `renkei`."""
