"""What becomes of accepted proposals: departments are asked, both sides talk, somebody decides, all are answered."""
