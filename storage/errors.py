"""What can go wrong with the database, said so that the reader knows what to do."""


class StorageError(Exception):
    """Root of this package's errors. The message is one sentence for the person who runs the program."""


class DatabaseUnavailable(StorageError):
    """The database cannot be opened or written: a wrong path, missing rights, a full disk. Mend it and start again."""


class NaiveTimeError(StorageError, TypeError):
    """A time without a zone reached the border of the database. A defect of the caller; nothing was written."""
