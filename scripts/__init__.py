"""Programs for those who work on flowtui; each says in its first lines what it does."""
