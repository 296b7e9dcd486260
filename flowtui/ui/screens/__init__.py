"""The workbench, the home screen, and the small dialogues."""
