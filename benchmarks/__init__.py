"""What Briefing costs. Each module measures one thing and prints a table; README.md keeps what was measured."""
