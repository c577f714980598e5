"""`briefing documents`, `protocols` and `schema`: what there is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefing.commands.reporting import FOLDER, Reporter, columns, output_options

if TYPE_CHECKING:
    from briefing.approval import Standing
    from briefing.catalogue import Catalogue, Document, Insert


@click.command()
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder; the built-in documents alone when left out.")
@output_options
def documents(clinic_folder: Path | None, reporter: Reporter) -> None:
    """List the documents and inserts: whose file wins, versions, approvals."""
    from briefing.catalogue import read_catalogue  # `--help` must be quick

    catalogue = read_catalogue(clinic_folder)
    items: list[Document | Insert] = [*catalogue.documents.values(), *catalogue.inserts.values()]
    found = sorted(items, key=lambda item: (item.definition.audience == "staff", item.definition.order))
    rows = [row for item in found for row in _rows(item, catalogue)]
    table = columns(
        ("document", "title", "language", "for", "version", "text", "approved"),
        [[str(value) for key, value in row.items() if key != "state"] for row in rows],
    )
    reporter.result(table, {"documents": rows})


@click.command()
@click.option("--clinic", "clinic_folder", type=FOLDER, help="The clinic's folder; the built-in protocols alone when left out.")
@output_options
def protocols(clinic_folder: Path | None, reporter: Reporter) -> None:
    """List the protocols and what they ask a clinic to set."""
    from briefing.catalogue import read_catalogue  # `--help` must be quick

    catalogue = read_catalogue(clinic_folder)
    rows = list(_protocol_rows(catalogue))
    reporter.result("\n".join(_protocol_lines(rows)), {"protocols": rows})


@click.command()
def schema() -> None:
    """Print the JSON Schema of a request, for editors."""
    from briefing.models import PacketRequest  # `--help` must be quick

    click.echo(json.dumps(PacketRequest.model_json_schema(), indent=1, ensure_ascii=False, default=str))


def _rows(item: Document | Insert, catalogue: Catalogue) -> Iterator[dict[str, object]]:
    from briefing.catalogue import Insert  # `--help` must be quick

    return _insert_rows(item, catalogue) if isinstance(item, Insert) else _document_rows(item, catalogue)


def _insert_rows(insert: Insert, catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for language in insert.languages:
        yield {
            "id": insert.id,
            "title": insert.definition.title[language],
            "language": ", ".join((language, *insert.definition.serves.get(language, ()))),
            "audience": insert.definition.audience,
            "version": insert.definition.version[language],
            "origin": catalogue.files[insert.path(language)].origin,
            "approved": "does not apply: an insert",
        }


def _document_rows(document: Document, catalogue: Catalogue) -> Iterator[dict[str, object]]:
    from briefing.approval import original_of, standing_of  # `--help` must be quick

    for language in document.languages:
        standing = standing_of(document, language, catalogue)
        original = original_of(document, language, catalogue) if catalogue.clinic else None
        yield {
            "id": document.id,
            "title": document.definition.title.get(language, document.id),
            "language": language,
            "audience": document.definition.audience,
            "version": document.definition.version,
            "origin": catalogue.files[document.template(language)].origin,
            "approved": _approved(standing, document.id, language, original),
            "state": standing.state,
        }


def _approved(standing: Standing, document_id: str, language: str, original: str | None) -> str:
    """Say who approved a document, or why it prints as a draft."""
    approval = standing.approval
    see = f"see: briefing changes {document_id}{f' --language {language}' if original else ''}"
    if approval is None:
        return "no: nobody has approved it"
    match standing.state:
        case "changed":
            return f"no: changed since {approval.on}, {see}"
        case "original changed":
            return f"no: the text in {original} has changed since {approval.on}, {see}"
        case "original not approved":
            return f"no: nobody stands by the text in {original}"
        case "translation not reviewed":
            return f"no: nobody has held it against the text in {original}"
        case _:
            reviewed = f", translation held against {original} by {approval.translation.by}" if approval.translation else ""
            return f"{approval.on} by {approval.by}{reviewed}"


def _protocol_rows(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for name, protocol in sorted(catalogue.protocols.items()):
        given = catalogue.clinic.protocols.get(name, {}) if catalogue.clinic else {}
        yield {
            "id": name,
            "title": next(iter(protocol.title.values())),
            "version": protocol.version,
            "medicine": protocol.medicine,
            "route": protocol.route,
            "indication": protocol.indication,
            "label_status": protocol.label_status,
            "origin": catalogue.files[f"protocols/{name}.toml"].origin,
            "asks": {ask: {"what": question.what, "set_to": given.get(ask)} for ask, question in protocol.asks.items()},
        }


def _protocol_lines(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['id']}: {row['title']}, {row['label_status']}, version {row['version']} ({row['origin']})"
        asks = row["asks"]
        for name, ask in asks.items() if isinstance(asks, dict) else ():
            answer = "not set" if ask["set_to"] is None else ask["set_to"]
            yield f"    {name} = {answer}   # {ask['what']}"
