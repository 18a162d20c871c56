"""What can go wrong with documents."""


class KnowledgeError(Exception):
    """Root of this package's errors; the message is one sentence that names the file and what to do."""


class UnreadableDocument(KnowledgeError):
    """A file that cannot be taken in; nothing of it was stored."""
