"""Attacks on what runs scripts: each must do nothing to a run at `strict`, and do its harm to an unconfined child."""
