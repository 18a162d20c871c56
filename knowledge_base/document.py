"""政策文件: one version of a law, regulation or rule, and when it holds."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from knowledge_base.region import Region
from language.script import to_simplified
from storage.columns import TIME_TYPE, enum_type


class DocumentState(StrEnum):
    """Uploaded text is `pending` until a person approves it; `withdrawn` and `deleted` take effect at once.

    Of what was deleted only the name is left, so that its number is given to no other document.
    """

    PENDING = "pending"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


class PolicyDocument(SQLModel, table=True):
    """One version of a policy document. `work` is the same for all versions of one title in one region.

    `effective_on` None means that the text names no date ('unknown', shown as such); `version_date` is the date of adoption or of
    the last amendment.
    `superseded_on` is set when a newer version is approved; `repealed_on` when the document itself ended.
    `file_hash` is that of the file it alone came from, by which a file is known without being read again; `warnings` are sentences,
    one a line, for whoever approves it. `review_asked_at`: when an admin was last asked to look at it again.
    """

    __tablename__ = "policy_document"

    id: int | None = Field(default=None, primary_key=True)
    work: str = Field(index=True)
    title: str
    authority: str = ""
    document_number: str = ""
    category: str = ""
    province: str | None = None
    city: str | None = None
    version_date: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    superseded_on: date | None = None
    superseded_by: int | None = Field(default=None, foreign_key="policy_document.id")
    state: DocumentState = Field(default=DocumentState.PENDING, sa_type=enum_type(DocumentState), index=True)
    body: str
    content_hash: str = Field(unique=True)
    file_name: str = ""
    file_hash: str | None = Field(default=None, index=True)
    warnings: str = Field(default="", sa_column_kwargs={"server_default": ""})
    imported_at: datetime = Field(sa_type=TIME_TYPE)
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    reviewed_by: str | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    review_asked_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)

    @property
    def region(self) -> Region:
        return Region(self.province, self.city)


class Replacement(SQLModel, table=True):
    """One older document that a document ends, as it names it: by a title (without 中华人民共和国) or a document number.

    `articles`: the names of the articles where only these end, with blanks between them; empty is the whole document.
    """

    __tablename__ = "replacement"

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="policy_document.id", index=True)
    name: str = Field(index=True)
    articles: str = Field(default="", sa_column_kwargs={"server_default": ""})


@dataclass(frozen=True)
class ParsedDocument:
    """A document as it was read from a file, before anything is decided about it.

    Attributes:
        version_date: day of adoption or of the last amendment.
        effective_on, repealed_on: what the file says beside the text; the text itself is read by `knowledge_base.importing`.
        replaces: titles or document numbers of documents that this one ends.
        warnings: sentences about what could not be read or recognised.
        wrong_dates: dates at its head or foot that no calendar has; a person must look before it is cited.
        file_hash: SHA-256 of the file, where the document is all of it.
    """

    title: str
    body: str
    authority: str = ""
    document_number: str = ""
    category: str = ""
    province: str | None = None
    city: str | None = None
    version_date: date | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    replaces: tuple[str, ...] = ()
    file_name: str = ""
    file_hash: str | None = None
    warnings: tuple[str, ...] = ()
    wrong_dates: tuple[str, ...] = ()


def comparable_name(name: str) -> str:
    """A title or document number in the form in which names are compared: in simplified script.

    Titles lose 中华人民共和国, blanks, 《》 and a note of amendment at the end; document numbers get their brackets as 〔〕.
    """
    squeezed = re.sub(r"\s|《|》", "", unicodedata.normalize("NFKC", to_simplified(name))).translate(_ONE_KIND)
    if _NUMBER.search(squeezed):
        return squeezed.translate(_NUMBER_BRACKETS)
    return _AMENDMENT.sub("", squeezed.removeprefix("中华人民共和国"))


_ONE_KIND = str.maketrans("〈〉【】", "<>[]")
_NUMBER_BRACKETS = str.maketrans("()[]", "〔〕〔〕")
_NUMBER = re.compile(r"[(\[〔]\d{4}[)\]〕]第?\d+号$")
_AMENDMENT = re.compile(r"\([^()]{0,12}(?:修订|修正|修改)[^()]{0,6}\)$")
