"""What others rely on, checked without servers: goldens, generated pages, rows."""
