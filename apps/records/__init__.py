"""The records office (情報公開担当): reads what happened, from the log and nothing else."""
