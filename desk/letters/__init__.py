"""Letters (文書): composed from what was decided, approved by a person, sent or posted, and whatever became of them."""
