"""The lexical index: BM25 over terms, by tantivy, in memory or in a folder."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import IndexUnavailable
from retrieval.terms import terms

WRITER_BYTES = 64_000_000


@dataclass(frozen=True)
class Entry:
    """What is indexed of one row. `subject` is the document or case by which it is replaced, `place` where it applies."""

    row: int
    subject: int
    text: str
    place: str = ""


class LexicalIndex:
    """Rows found by their terms. Searching is safe while another thread replaces; it sees the state before or after.

    Args:
        folder: where it is kept; None keeps it in memory.

    Raises:
        IndexUnavailable: the folder holds no readable index.
    """

    def __init__(self, folder: Path | None = None) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("row", fast=True)
        schema.add_unsigned_field("subject", indexed=True)
        schema.add_text_field("place", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("terms", tokenizer_name="spaces", index_option="freq")
        self._schema: Any = schema.build()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        try:
            self._index: Any = tantivy.Index(self._schema, path=str(folder) if folder else None)
        except ValueError as error:
            raise IndexUnavailable(f"{folder}：{error}") from error
        self._index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self._tantivy: Any = tantivy

    def count(self) -> int:
        """How many rows are indexed."""
        return int(self._index.searcher().num_docs)

    def frequency(self, term: str) -> int:
        """In how many rows a term stands; rows taken out count until the index is next merged."""
        return int(self._index.searcher().doc_freq("terms", term))

    def clear(self) -> None:
        """Take everything out."""
        writer = self._writer()
        writer.delete_all_documents()
        self._commit(writer)

    def replace(self, subjects: Iterable[int], entries: Iterable[Entry]) -> None:
        """Take out all rows of `subjects` and put `entries` in, at once."""
        writer = self._writer()
        for subject in subjects:
            writer.delete_documents_by_query(self._tantivy.Query.term_query(self._schema, "subject", subject))
        for entry in entries:
            document = self._tantivy.Document()
            document.add_unsigned("row", entry.row)
            document.add_unsigned("subject", entry.subject)
            document.add_text("place", entry.place)
            document.add_text("terms", " ".join(terms(entry.text)))
            writer.add_document(document)
        self._commit(writer)

    def search(self, weights: Mapping[str, float], limit: int, places: Collection[str] | None = None) -> dict[int, float]:
        """Rows with their BM25 scores, best first.

        Args:
            weights: terms and what each counts.
            places: only rows of these places; None is everywhere.
        """
        if not weights:
            return {}
        query = self._any_of(weights)
        if places is not None:
            query = self._within(query, places)
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        rows = searcher.fast_field_values("row", [address for _, address in hits])
        return {int(row): float(score) for row, (score, _) in zip(rows, hits, strict=True)}

    def _any_of(self, weights: Mapping[str, float]) -> Any:
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        return query.boolean_query(
            [(should, query.boost_query(query.term_query(self._schema, "terms", term, "freq"), weight)) for term, weight in weights.items()]
        )

    def _within(self, wanted: Any, places: Collection[str]) -> Any:
        query, must = self._tantivy.Query, self._tantivy.Occur.Must
        somewhere = query.const_score_query(query.term_set_query(self._schema, "place", list(places)), 0.0)
        return query.boolean_query([(must, wanted), (must, somewhere)])

    def _writer(self) -> Any:
        return self._index.writer(WRITER_BYTES, 1)

    def _commit(self, writer: Any) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
