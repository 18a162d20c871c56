"""校验: what is looked at before a reply may be submitted. Each module is one kind of check; `casework.check` runs them all."""
