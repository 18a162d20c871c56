"""Ways to publish an approved reply; each implements `casework.publication.ReplyPublisher`."""
