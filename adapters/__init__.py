"""Everything across the network: sources, chat platforms, models, publishing."""
