"""Other people's data and figures beside ours, outside the default pipeline."""
