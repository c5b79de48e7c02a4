"""Saved HTML: what a page states for machines, what it shows, and where its text stands."""
