-- What an accepted proposal was answered by matching in the end: the outcome of the case, as the proposer was told it.

ALTER TABLE intake_statistics ADD COLUMN outcome text;
