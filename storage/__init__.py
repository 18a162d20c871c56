"""The one SQL database: engine, column types, clock, audit chain, sealing and migrations. Imports nothing of ours."""
