"""People decide: intake, cases, cards, delivery, drafting, checks, approval, publishing, deadlines, escalation."""
