"""Stories that run a programme for a year on a real chain, and what each party has at the end."""
