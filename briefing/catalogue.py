"""Everything a packet is made from besides the request: documents, protocols, facts, wording; built in, then the clinic's.

A clinic folder has the shape of `templates/`, and may have inserts besides, which are PDFs of somebody else's. Its files win
one by one. All files are read here, once; later stages see only what was in them, where they came from, and their digests.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from briefing.clinic import Clinic
from briefing.clinic_answers import read_answers
from briefing.errors import CatalogueError, Problem, nearest
from briefing.facts import Fact, FactDefinition, FactRegister, Source
from briefing.fields import Day, Key, Language, Name, Sentences, Text, YesNo
from briefing.glossary import Glossary, WordDefinition
from briefing.models import Section
from briefing.protocols import Protocol
from briefing.resources import templates_folder
from briefing.standards import Standard, element_ids, loose_ends, unknown
from briefing.toml_reading import Model, UnreadableError, check, parse_toml
from briefing.vocabulary import HARMLESS, KINDS, Vocabulary, read_vocabulary
from briefing.wording import OF_THE_DESK, Wording

Origin = Literal["built in", "clinic"]
LARGEST_FILE = 1_000_000
LARGEST_INSERT = 20_000_000
_LONGEST_ON_STRIP = 70

# What may lie in `templates/` or in a clinic folder. A name that fits nothing is refused: a slip would be silent otherwise.
_ALLOWED = tuple(
    re.compile(pattern)
    for pattern in (
        r"documents/[a-z0-9-]+/document\.toml",
        r"documents/[a-z0-9-]+/[a-z]{2,3}(-[A-Za-z]{2,4})?\.html\.j2",
        r"inserts/[a-z0-9-]+/insert\.toml",
        r"inserts/[a-z0-9-]+/[a-z]{2,3}(-[A-Za-z]{2,4})?\.pdf",
        r"protocols/[a-z0-9-]+\.toml",
        r"standards/[a-z0-9-]+\.toml",
        r"facts/[a-z0-9-]+\.toml",
        r"glossary/[a-z0-9-]+\.toml",
        r"vocabulary/(conditions|medicines|allergies|harmless)\.toml",
        r"wording/[a-z]{2,3}(-[A-Za-z]{2,4})?\.toml",
        r"layout/[a-z0-9-]+\.html\.j2",
        r"style/[a-z0-9-]+\.css",
        r"style/icons/[a-z0-9-]+\.svg",
        r"style/fonts\.conf",
        r"(clinic|approvals)\.toml",
    )
)
_FOLDERS = (
    *("documents", "inserts", "protocols", "standards", "facts", "vocabulary", "glossary", "wording"),
    *("layout", "style"),
)
_BESIDE = re.compile(r"secret\.key|README.*|\..*")  # may lie in a clinic folder and is not read
_KEPT = "approved"  # likewise: the words that were approved; no packet is made from them


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """One file: its path inside the folder, its bytes, where it came from, and the SHA-256 of its bytes."""

    path: str
    data: bytes
    origin: Origin
    sha256: str

    @property
    def is_text(self) -> bool:
        """Whether it is text; only the PDF of an insert is not."""
        return not self.path.endswith(".pdf")

    @property
    def text(self) -> str:
        """Its text."""
        return self.data.decode("utf-8-sig")


class When(Section):
    """When a document or part applies. Every key that is given must match; no key means always."""

    stage: tuple[Literal["consultation", "first-session", "next-session"], ...] | None = None
    protocol: tuple[Key, ...] | None = None
    medicine: tuple[Literal["ketamine", "esketamine"], ...] | None = None
    route: tuple[Literal["intravenous", "intranasal", "intramuscular", "sublingual", "oral"], ...] | None = None
    indication: tuple[Literal["depression", "pain"], ...] | None = None
    label_status: tuple[Literal["approved", "off-label"], ...] | None = None
    signer: tuple[Literal["patient", "representative"], ...] | None = None
    companion: tuple[Literal["known", "not known yet"], ...] | None = None
    interpreter: YesNo | None = None
    witness: YesNo | None = None


class Part(Section):
    """A section of a document. Its text is the block of the same name in the document's template."""

    id: Name
    when: When = When()
    covers: tuple[Text, ...] = ()
    elements: tuple[Text, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """The elements of the standards that it covers."""
        return (*self.covers, *self.elements)


class DocumentDefinition(Section):
    """One document: the whole of `documents/<id>/document.toml`.

    A `shared` document is the same for everybody with this treatment at this stage: it is filled without any patient's
    details, so that it need not be printed for each of them.
    """

    version: Annotated[int, Field(ge=1)]
    title: Annotated[Mapping[Language, Text], Field(min_length=1)]
    audience: Literal["patient", "companion", "staff"]
    kind: Literal["cover", "form", "handout", "notice", "sources", "staff"]
    order: Annotated[int, Field(ge=0)]
    action: Text
    look: Literal["normal", "dense"] = "normal"
    needs: tuple[Literal["contents", "citations", "glossary"], ...] = ()
    when: When = When()
    shared: YesNo = False
    leaves_out: tuple[Name, ...] = ()
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the catalogue: its definition and the languages it is written in.

    `lacks` are the marked parts of the built-in document that the clinic's definition neither has nor says it leaves out.
    """

    id: str
    definition: DocumentDefinition
    languages: tuple[str, ...]
    lacks: tuple[Part, ...] = ()

    def template(self, language: str) -> str:
        """Return the path of its text in this language."""
        return f"documents/{self.id}/{language}.html.j2"


def _fits_strip(text: str) -> str:
    if len(text) > _LONGEST_ON_STRIP:
        raise ValueError(f"it is longer than {_LONGEST_ON_STRIP} characters, and has to fit into the strip")
    return text


StripText = Annotated[Text, AfterValidator(_fits_strip)]


class InsertDefinition(Section):
    """A PDF of somebody else's: the whole of `inserts/<id>/insert.toml`.

    `version` is what its maker calls it, such as "Revised October 2025". `serves` lists for a file the languages in which
    it is given out besides its own. `read_aloud` has the words of each page, for a file that has no tags of its own.
    """

    title: Annotated[Mapping[Language, StripText], Field(min_length=1)]
    version: Annotated[Mapping[Language, StripText], Field(min_length=1)]
    audience: Literal["patient", "companion", "staff"]
    kind: Literal["form", "handout", "notice", "staff"]
    order: Annotated[int, Field(ge=0)]
    serves: Mapping[Language, tuple[Language, ...]] = {}
    read_aloud: Mapping[Language, tuple[Sentences, ...]] = {}
    when: When = When()


@dataclass(frozen=True, slots=True)
class Insert:
    """An insert of the catalogue: its definition and the languages of its files."""

    id: str
    definition: InsertDefinition
    languages: tuple[str, ...]

    def path(self, language: str) -> str:
        """Return the path of its file in this language."""
        return f"inserts/{self.id}/{language}.pdf"

    def language_for(self, language: str) -> str | None:
        """Return the language of the file for somebody who reads a language: that one, or one that is said to serve it."""
        if language in self.languages:
            return language
        return next((own for own in self.languages if language in self.definition.serves.get(own, ())), None)


def _digest(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError("a digest has 64 digits and letters from a to f; `briefing approve` writes it")
    return value


Digest = Annotated[str, BeforeValidator(_digest)]


class Translation(Section):
    """Somebody qualified has held a translation against the exact words of its original, side by side."""

    of: Language
    digest: Digest
    by: Text
    role: Text
    on: Day


class Approval(Section):
    """Somebody at the clinic has read the exact words of a document in a language and stands by them."""

    digest: Digest
    by: Text
    role: Text
    on: Day
    translation: Translation | None = None


class Approvals(Section):
    """The whole of `approvals.toml`: document id, then language."""

    documents: Mapping[Key, Mapping[Language, Approval]] = {}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that was read, and nothing that is about a patient."""

    files: Mapping[str, CatalogueFile]
    built_in: Mapping[str, CatalogueFile]
    documents: Mapping[str, Document]
    inserts: Mapping[str, Insert]
    protocols: Mapping[str, Protocol]
    standards: Mapping[str, Standard]
    facts: FactRegister
    glossary: Glossary
    vocabulary: Vocabulary
    wordings: Mapping[str, Wording]
    approvals: Approvals
    clinic: Clinic | None

    def wording(self, language: str) -> Wording:
        """Return the labels of a language.

        Raises:
            CatalogueError: there are none.
        """
        if language not in self.wordings:
            raise CatalogueError(
                Problem(
                    "language-missing",
                    f"wording/{language}.toml",
                    f"there is no wording in language {language}.",
                    f"Choose one of: {', '.join(sorted(self.wordings))}. docs/customising.md says how to add a language.",
                )
            )
        return self.wordings[language]

    def the_clinic(self) -> Clinic:
        """Return the clinic's settings.

        Raises:
            CatalogueError: no clinic folder was given.
        """
        if self.clinic is None:
            raise CatalogueError(Problem("clinic-missing", "--clinic", "this needs a clinic folder.", "Add: --clinic FOLDER"))
        return self.clinic


class _Problems(list[Problem]):
    """Problems found so far. Reading goes on, so that all are told at once."""

    def take(self, kind: str, where: str, problem: str, what_to_do: str) -> None:
        self.append(Problem(kind, where, problem, what_to_do))

    def model(self, model: type[Model], data: object, file: str, where: str = "") -> Model | None:
        result = check(model, data, where, file)
        if isinstance(result, list):
            self.extend(result)
            return None
        return result


def read_catalogue(clinic_folder: Path | None, built_in_folder: Path | None = None) -> Catalogue:
    """Read the built-in files, then the clinic's, and check that all of it fits together.

    Args:
        clinic_folder: the clinic's folder, or None for the built-in documents alone.
        built_in_folder: where the built-in files lie; the shipped ones when left out.

    Raises:
        CatalogueError: with every problem of every file.
    """
    catalogue, problems = survey(clinic_folder, built_in_folder)
    if problems:
        raise CatalogueError(problems)
    return catalogue


def survey(clinic_folder: Path | None, built_in_folder: Path | None = None) -> tuple[Catalogue, list[Problem]]:
    """Read all files like `read_catalogue`, but return what stands beside every problem, for whoever looks for more of them."""
    problems = _Problems()
    built_in = _read_folder(built_in_folder or templates_folder(), "built in", problems)
    own = _read_folder(clinic_folder, "clinic", problems) if clinic_folder else {}
    files = {**built_in, **own}
    apart = ("vocabulary/",)  # read by both folders' files, as entries win one by one
    tomls = (item for item in sorted(files.items()) if item[0].endswith(".toml") and not item[0].startswith(apart))
    tables = {path: _parse(file, problems) for path, file in tomls}
    clinic = _clinic(tables, problems, wanted=clinic_folder is not None)
    facts = _facts(tables, problems)
    catalogue = Catalogue(
        files=files,
        built_in=built_in,
        documents=_documents(files, built_in, tables, problems),
        inserts=_inserts(files, tables, problems),
        protocols=_protocols(tables, problems),
        standards=_standards(tables, problems),
        facts=facts,
        glossary=_glossary(tables, problems),
        vocabulary=_vocabulary(built_in, own, facts, problems),
        wordings=_wordings(tables, _labels_replaced(files, built_in), problems),
        approvals=problems.model(Approvals, {"documents": tables.get("approvals.toml", {})}, "approvals.toml") or Approvals(),
        clinic=clinic,
    )
    if not problems:
        problems.extend(_loose_ends(catalogue))
    return catalogue, problems


def _read_folder(folder: Path, origin: Origin, problems: _Problems) -> dict[str, CatalogueFile]:
    files = {}
    for path in _walk(folder, leave_out=_KEPT):
        name = PurePosixPath(path.relative_to(folder)).as_posix()
        if not any(pattern.fullmatch(name) for pattern in _ALLOWED):
            top, _, rest = name.partition("/")
            known = _FOLDERS if rest else (*_FOLDERS, "clinic.toml")
            advice = "docs/customising.md shows the names that are used." if top in _FOLDERS else nearest(top, known)
            problems.take("unknown-file", name, "no file of this name is used here, so it would be ignored.", advice)
        elif (file := _read_file(path, name, origin, problems)) is not None:
            files[name] = file
    return files


def _read_file(path: Path, name: str, origin: Origin, problems: _Problems) -> CatalogueFile | None:
    largest = LARGEST_INSERT if name.endswith(".pdf") else LARGEST_FILE
    if path.is_symlink() or not path.is_file() or path.stat().st_size > largest:
        advice = f"Put a plain file of under {largest // 1_000_000} MB there."
        problems.take("unreadable-file", name, "it is a link, not a plain file, or very large.", advice)
        return None
    data = path.read_bytes()
    file = CatalogueFile(name, data, origin, hashlib.sha256(data).hexdigest())
    try:
        _ = file.is_text and file.text
    except UnicodeDecodeError:
        problems.take("unreadable-file", name, "it is not UTF-8 text.", "Save it as UTF-8.")
        return None
    return file


def _walk(folder: Path, leave_out: str = "") -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if _BESIDE.fullmatch(path.name) or path.name == leave_out:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _parse(file: CatalogueFile, problems: _Problems) -> dict[str, object]:
    try:
        return parse_toml(file.text)
    except UnreadableError as error:
        problems.take(
            "not-toml", f"{file.path}, {error.place}", "it cannot be read as TOML.", "Mend the line; text stands in quotes."
        )
        return {}


def _in_folder(tables: Mapping[str, dict[str, object]], folder: str) -> Iterator[tuple[str, PurePosixPath, dict[str, object]]]:
    for path, data in tables.items():
        if path.startswith(folder + "/"):
            yield path, PurePosixPath(path), data


def _clinic(tables: Mapping[str, dict[str, object]], problems: _Problems, *, wanted: bool) -> Clinic | None:
    if not wanted:
        return None
    if "clinic.toml" not in tables:
        problems.take(
            "clinic-missing",
            "clinic.toml",
            "the clinic folder has no clinic.toml.",
            "Copy samples/clinic/clinic.toml and change it.",
        )
        return None
    return problems.model(Clinic, tables["clinic.toml"], "clinic.toml")


def _documents(
    files: Mapping[str, CatalogueFile],
    built_in: Mapping[str, CatalogueFile],
    tables: Mapping[str, dict[str, object]],
    problems: _Problems,
) -> dict[str, Document]:
    documents = {}
    ids = sorted({PurePosixPath(path).parts[1] for path in files if path.startswith("documents/")})
    for document_id in ids:
        definition_path = f"documents/{document_id}/document.toml"
        languages = _languages(files, f"documents/{document_id}", ".html.j2", problems)
        if definition_path not in tables:
            known = [path.parts[1] for _, path, _ in _in_folder(tables, "documents")]
            problems.take(
                "document-incomplete", f"documents/{document_id}", "it has no document.toml.", nearest(document_id, known)
            )
            continue
        definition = problems.model(DocumentDefinition, tables[definition_path], definition_path)
        if definition and not languages:
            problems.take(
                "document-incomplete", f"documents/{document_id}", "it has no text.", "Add its text, such as en.html.j2."
            )
        elif definition:
            for language in sorted(set(languages) - set(definition.title)):
                advice = f"Add it: there is a {language}.html.j2."
                problems.take("missing", f"{definition_path}: title.{language}", "it is missing.", advice)
            lacks = _lacks(definition, definition_path, files, built_in, problems)
            documents[document_id] = Document(document_id, definition, languages, lacks)
    return documents


def _lacks(
    definition: DocumentDefinition,
    path: str,
    files: Mapping[str, CatalogueFile],
    built_in: Mapping[str, CatalogueFile],
    problems: _Problems,
) -> tuple[Part, ...]:
    """Return the marked parts of the built-in document that a clinic's definition of it has lost."""
    ours: tuple[Part, ...] = ()
    if path in built_in and built_in[path] != files[path]:
        known = problems.model(DocumentDefinition, _parse(built_in[path], problems), path)
        ours = known.parts if known else ()
    problem = "the built-in document has no such part."
    problems.extend(unknown(f"{path}: leaves_out", definition.leaves_out, [part.id for part in ours], problem))
    kept = {*definition.leaves_out, *(part.id for part in definition.parts)}
    return tuple(part for part in ours if part.marks and part.id not in kept)


def _languages(files: Mapping[str, CatalogueFile], folder: str, ending: str, problems: _Problems) -> tuple[str, ...]:
    """Return the languages in which a document or insert lies in its folder."""
    inside = sorted(path for path in files if path.startswith(folder + "/") and path.endswith(ending))
    languages = tuple(PurePosixPath(path).name.removesuffix(ending) for path in inside)
    if len({language.casefold() for language in languages}) < len(languages):
        problems.take("language-twice", folder, "two texts differ only in capital letters.", "Keep one of them.")
    return languages


def _inserts(
    files: Mapping[str, CatalogueFile], tables: Mapping[str, dict[str, object]], problems: _Problems
) -> dict[str, Insert]:
    inserts = {}
    for insert_id in sorted({PurePosixPath(path).parts[1] for path in files if path.startswith("inserts/")}):
        folder, definition_path = f"inserts/{insert_id}", f"inserts/{insert_id}/insert.toml"
        languages = _languages(files, folder, ".pdf", problems)
        if definition_path not in tables:
            known = [path.parts[1] for _, path, _ in _in_folder(tables, "inserts")]
            problems.take("insert-incomplete", folder, "it has no insert.toml.", nearest(insert_id, known))
        elif not languages:
            problems.take("insert-incomplete", folder, "it has no PDF.", "Add its file under its language, such as en.pdf.")
        elif definition := problems.model(InsertDefinition, tables[definition_path], definition_path):
            inserts[insert_id] = Insert(insert_id, definition, languages)
            if any(path.startswith(f"documents/{insert_id}/") for path in files):
                advice = "Rename the folder of the insert."
                problems.take("insert-twice", folder, "a document has this name already.", advice)
            _hold_to_languages(inserts[insert_id], definition_path, problems)
    return inserts


def _hold_to_languages(insert: Insert, where: str, problems: _Problems) -> None:
    """See that an insert says all it must in the language of each of its files, and nothing of a file that is not there."""
    definition = insert.definition
    for language in insert.languages:
        for key, table in (("title", definition.title), ("version", definition.version)):
            if language not in table:
                problems.take("missing", f"{where}: {key}.{language}", "it is missing.", f"Add it: there is a {language}.pdf.")
    for key, names in (("serves", definition.serves), ("read_aloud", definition.read_aloud)):
        for language in names:
            if language not in insert.languages:
                known = nearest(language, insert.languages)
                problems.take("unknown-key", f"{where}: {key}.{language}", "there is no PDF in this language.", known)
    served = [language for own in insert.languages for language in (own, *definition.serves.get(own, ()))]
    for language in sorted({language for language in served if served.count(language) > 1}):
        problems.take("contradiction", f"{where}: serves", f"two files are for {language}.", "Let one of them serve it.")


def _protocols(tables: Mapping[str, dict[str, object]], problems: _Problems) -> dict[str, Protocol]:
    found = ((path.stem, problems.model(Protocol, data, name)) for name, path, data in _in_folder(tables, "protocols"))
    return {protocol_id: protocol for protocol_id, protocol in found if protocol}


def _standards(tables: Mapping[str, dict[str, object]], problems: _Problems) -> dict[str, Standard]:
    found = ((path.stem, problems.model(Standard, data, name)) for name, path, data in _in_folder(tables, "standards"))
    return {standard_id: standard for standard_id, standard in found if standard}


def _facts(tables: Mapping[str, dict[str, object]], problems: _Problems) -> FactRegister:
    sources: dict[str, Source] = {}
    for key, data in tables.get("facts/sources.toml", {}).items():
        if source := problems.model(Source, data, "facts/sources.toml", key):
            sources[key] = source
    _refuse_shared_numbers(sources, problems)
    facts: dict[str, Fact] = {}
    for name, path, data in _in_folder(tables, "facts"):
        if path.name == "sources.toml":
            continue
        for fact_id, table in data.items():
            definition = problems.model(FactDefinition, table, name, fact_id)
            if fact_id.casefold() in {known.casefold() for known in facts}:
                problems.take("fact-twice", f"{name}: {fact_id}", "this fact stands in two files.", "Keep it in one of them.")
            elif definition and definition.source not in sources:
                advice = nearest(definition.source, list(sources))
                problems.take("fact-source", f"{name}: {fact_id}.source", "this source is not in facts/sources.toml.", advice)
            elif definition:
                facts[fact_id] = Fact(fact_id, definition, sources[definition.source])
    return FactRegister(facts)


def _glossary(tables: Mapping[str, dict[str, object]], problems: _Problems) -> Glossary:
    words: dict[str, WordDefinition] = {}
    for name, _, data in _in_folder(tables, "glossary"):
        for word_id, table in data.items():
            if word_id in words:
                problems.take("word-twice", f"{name}: {word_id}", "this word stands in two files.", "Keep it in one of them.")
            elif definition := problems.model(WordDefinition, table, name, word_id):
                words[word_id] = definition
    return Glossary(words)


def _refuse_shared_numbers(sources: Mapping[str, Source], problems: _Problems) -> None:
    seen: dict[int, str] = {}
    for key, source in sources.items():
        if source.number in seen:
            other = seen[source.number]
            problems.take(
                "source-number", f"facts/sources.toml: {key}", f"its number is also that of {other}.", "Give it a new number."
            )
        seen[source.number] = key


def _vocabulary(
    built_in: Mapping[str, CatalogueFile], own: Mapping[str, CatalogueFile], facts: FactRegister, problems: _Problems
) -> Vocabulary:
    """Build the vocabulary. A clinic's file adds to ours and wins entry by entry: whoever adds a medicine loses no other."""
    tables = {
        name: [_parse(files[path], problems) for files in (built_in, own) if (path := f"vocabulary/{name}.toml") in files]
        for name in (*KINDS, HARMLESS)
    }
    vocabulary, found = read_vocabulary(tables, facts)
    problems.extend(found)
    return vocabulary


def _labels_replaced(files: Mapping[str, CatalogueFile], built_in: Mapping[str, CatalogueFile]) -> frozenset[str]:
    """Return the labels of ours that a clinic's file takes the place of: it has to have them too."""
    replaced = (
        path for path, file in files.items() if path.startswith("wording/") and path in built_in and file.origin == "clinic"
    )
    return frozenset(key for path in replaced for key in parse_toml(built_in[path].text))


def _wordings(tables: Mapping[str, dict[str, object]], replaced: frozenset[str], problems: _Problems) -> dict[str, Wording]:
    wordings = {}
    for name, path, data in _in_folder(tables, "wording"):
        labels = {key: value for key, value in data.items() if isinstance(value, str) and value.strip()}
        for key in sorted(set(data) - set(labels)):
            problems.take("wording-empty", f"{name}: {key}", "a label must be text.", "Write the label in quotes.")
        wordings[path.stem] = Wording(path.stem, labels)
    every_key = {key for wording in wordings.values() for key in wording.labels} | replaced
    # A slip in a label of ours is a label too few and one too many; it is told once, and not missed in other languages.
    slips = {
        (language, key): meant[0]
        for language, wording in wordings.items()
        for key in sorted(replaced - set(wording.labels))
        if (meant := get_close_matches(key, sorted(set(wording.labels) - replaced), n=1))
    }
    for language in wordings:
        name = f"wording/{language}.toml"
        for key in sorted(key for key in every_key - set(tables[name]) - set(slips.values()) if not key.startswith(OF_THE_DESK)):
            slip = slips.get((language, key))
            where = f"{name}: {slip}" if slip else name
            advice = f"Is {slip} meant for it?" if slip else "Add it: every language has the same labels."
            problems.take("wording-missing", where, f"the label {key} is missing.", advice)
    return wordings


def _loose_ends(catalogue: Catalogue) -> Iterator[Problem]:
    """Yield what only shows when all files are together: names that point nowhere, and what the clinic was asked to set."""
    for protocol_id, protocol in catalogue.protocols.items():
        yield from _protocol_loose_ends(catalogue, protocol_id, protocol)
    yield from loose_ends(catalogue.standards, catalogue.documents, _sources(catalogue))
    yield from _unknown_marks(catalogue)
    for document_id in catalogue.approvals.documents:
        if document_id not in catalogue.documents:
            advice = nearest(document_id, list(catalogue.documents))
            yield Problem("approval-unknown", f"approvals.toml: {document_id}", "there is no such document.", advice)
    if catalogue.clinic:
        yield from _missing_roles(catalogue.clinic)
        yield from _missing_labels_of_the_desk(catalogue, catalogue.clinic)
        for protocol_id in catalogue.clinic.protocols:
            if protocol_id not in catalogue.protocols:
                advice = nearest(protocol_id, list(catalogue.protocols))
                yield Problem("unknown-key", f"clinic.toml: protocols.{protocol_id}", "there is no such protocol.", advice)


def _missing_labels_of_the_desk(catalogue: Catalogue, clinic: Clinic) -> Iterator[Problem]:
    """Yield each label for the front desk that there is in some language, and not in the clinic's own."""
    own = catalogue.wordings.get(clinic.language)
    every_key = {key for wording in catalogue.wordings.values() for key in wording.labels if key.startswith(OF_THE_DESK)}
    for key in sorted(every_key - set(own.labels)) if own else ():
        advice = "Add it: the front desk's own pages are in the clinic's language."
        yield Problem("wording-missing", f"wording/{clinic.language}.toml", f"the label {key} is missing.", advice)


def _missing_roles(clinic: Clinic) -> Iterator[Problem]:
    """Yield each language of the clinic's patients in which nothing says what a clinician is."""
    for key, clinician in clinic.clinicians.items():
        for language in clinic.texts:
            if language not in clinician.role:
                where = f"clinic.toml: clinicians.{key}.role.{language}"
                advice = f"Add it: patients read it, and there is a table texts.{language}."
                yield Problem("clinic-must-set", where, "this language has no word for what the person is.", advice)


def _unknown_marks(catalogue: Catalogue) -> Iterator[Problem]:
    """Yield what a part or a fact is said to cover and no standard has: a slip would score as missing, or not at all."""
    known, problem = element_ids(catalogue.standards), "no standard has this element."
    for document_id, document in catalogue.documents.items():
        for part in document.definition.parts:
            where = f"documents/{document_id}/document.toml: parts.{part.id}"
            yield from unknown(f"{where}.covers", part.covers, known, problem)
            yield from unknown(f"{where}.elements", part.elements, known, problem)
    for fact in catalogue.facts.facts.values():
        yield from unknown(f"fact {fact.id}: covers", fact.definition.covers, known, problem)


def _sources(catalogue: Catalogue) -> set[str]:
    return {fact.definition.source for fact in catalogue.facts.facts.values()}


def _protocol_loose_ends(catalogue: Catalogue, protocol_id: str, protocol: Protocol) -> Iterator[Problem]:
    where = f"protocols/{protocol_id}.toml"
    for fact_id in protocol.told_facts():
        if fact_id not in catalogue.facts.facts:
            yield Problem("fact-unknown", where, f"there is no fact {fact_id}.", nearest(fact_id, list(catalogue.facts.facts)))
    for number in protocol.numbers():
        try:
            number.value(catalogue.facts)
        except CatalogueError as error:
            yield from (replace(problem, where=f"{where}: {problem.where}") for problem in error.problems)
    for name in sorted(protocol.needed_asks() - set(protocol.asks)):
        yield Problem("missing", f"{where}: asks.{name}", "it is missing, and the protocol needs it.", f"Add [asks.{name}].")
    if catalogue.clinic and protocol_id in catalogue.clinic.protocols:
        try:
            read_answers(protocol_id, protocol, catalogue.clinic)
        except CatalogueError as error:
            yield from error.problems
