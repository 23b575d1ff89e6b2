"""The pages of a member's visit."""
