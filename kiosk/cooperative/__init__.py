"""The domain: what a cooperative, its members and their payments are. Standard library only."""
