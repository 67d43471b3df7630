"""Section 9: what is assumed, what is left out, what counts as a difference, and how to run it again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from twin.report.history import Runs
from twin.report.markup import Html, items, join, tag
from twin.report.page import Section
from twin.report.steadiness import looks_words, warmup_words
from twin.report.study import Study

SHOWN, SHORT_DIGEST = 2, 12


def provenance_section(study: Study, runs: Runs, thresholds: Sequence[str]) -> Section:
    """Return the last section: three columns of text."""
    body = tag(
        "div",
        tag("div", tag("h3", "In use"), _assumptions(study)),
        tag(
            "div",
            tag("h3", "Not modeled"),
            items(study.not_modeled) if study.not_modeled else tag("p", "Nothing is listed."),
            tag("h3", "Thresholds, set before the run"),
            items(thresholds),
        ),
        tag("div", tag("h3", "Provenance"), _provenance(study, runs)),
        class_="columns",
    )
    table = pd.DataFrame(
        [(entry["what"], entry["value"], entry.get("source", "")) for entry in study.assumptions],
        columns=["what", "value", "source"],
    ).astype(str)
    return Section("provenance", "Assumptions and provenance", "", body, tables={"assumptions": table})


def _assumptions(study: Study) -> Html:
    rows = []
    for entry in study.assumptions:
        source = str(entry.get("source", ""))
        more = [" ", tag("small", source)] if source else []
        rows.append(join([tag("dt", str(entry["what"])), tag("dd", str(entry["value"]), *more)]))
    return tag("dl", *rows)


def _provenance(study: Study, runs: Runs) -> Html:
    wanted = study.replications * len(study.designs)
    finished = sum(len(found) for found in runs.folders.values())
    versions = " · ".join(f"{name} {version}" for name, version in study.versions.items())
    facts = {
        "study": study.folder.name,
        "versions": versions,
        "random world": _digest_words(study),
        "seed": str(study.seed),
        "window": f"{study.measured_days} days measured after {study.warmup_days} of warm-up, "
        f"from {study.starts_on.isoformat()}, {study.timezone}",
        "warm-up": warmup_words(study),
        "looks": looks_words(study),
        "runs": f"{finished} of {wanted} finished, {len(runs.common)} in every design",
    }
    rows = [join([tag("dt", name), tag("dd", value)]) for name, value in facts.items() if value]
    rerun = join([tag("dt", "rerun"), tag("dd", tag("code", study.command))])
    return tag("dl", *rows, rerun)


def _digest_words(study: Study) -> str:
    """Say by which fingerprints the orders and their luck can be told to be the same in every design, if they are."""
    digests = study.exogenous
    if not digests:
        return ""
    shown = ", ".join(_shortened(digest) for digest in digests[:SHOWN])
    more = f" and {len(digests) - SHOWN} more" if len(digests) > SHOWN else ""
    if len(study.designs) == 1:
        return f"sha256 {shown}{more}"
    whose = "equal in all designs" if study.same_world else "in the baseline"
    return f"sha256 {shown}{more}, {whose}"


def _shortened(digest: str) -> str:
    return f"{digest[:4]}…{digest[-4:]}" if len(digest) > SHORT_DIGEST else digest
