"""Which department a proposal's words point to: words of a text, and departments ranked by them. It assigns nothing."""
