"""What visits come to: outcome, document, absence, files, before any of it is written. Reads the state, and changes nothing.

visit -> outcome, or an article: placed -> compared -> does the change wait? -> its file, the old one set aside, who takes its place
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crawler.archive import dump, mark, version_path
from crawler.catalog.tables import history
from crawler.dedup.changes import changes_between, keeping
from crawler.ingest.decision import LIVE, ChangeSet, Decision, Policy, Promotion, Quarantine, Sighting
from crawler.ingest.evidence import Preserved
from crawler.ingest.media import contents_of, held_files
from crawler.ingest.placing import Placed, compare, others, place, promote, read_from, state_of
from crawler.ingest.results import Archive, Visited, document_url, final_url, is_cut, seen_at
from crawler.ingest.state import State, recognise, traits_at
from crawler.items import DocumentState, Kind, Outcome, Reason, Role, Site, Status
from crawler.pages.extraction.kinds import is_home
from crawler.pages.families import is_article_url
from crawler.policies.drift import NO_ARTICLE, lines_between, signs, traits_of
from crawler.policies.removal import missed, missing
from crawler.urls import document_id, host_of

logger = logging.getLogger(__name__)

# A pager or a breadcrumb leads there, or a tag: its page is a list, whatever it reads like.
LISTS = (Role.SECTION, Role.NEXT, Role.ASIDE)
IMPORTED = "import"  # the rule of a text that came from an older mirror


def decide(archive: Archive, batch: Sequence[Preserved], policy: Policy = LIVE) -> list[Decision]:
    """Decide on every visit of a batch, in order: each sees what those before it came to. Raises sqlite3.Error."""
    visits = recognise(archive.db, [preserved.result for preserved in batch])
    state = State.of(archive, visits)
    decisions = []
    for preserved, visit in zip(batch, visits, strict=True):
        decision = plan(state, replace(preserved, result=visit), policy)
        state.apply(decision)
        decisions.append(decision)
    return decisions


def plan(state: State, preserved: Preserved, policy: Policy = LIVE) -> Decision:
    """Decide on one visit; of a page that is cut that is said, unless something else is."""
    decision = _plan(state, preserved, policy)
    is_told = decision.reason is not None or not is_cut(preserved.result)
    return decision if is_told else replace(decision, reason=Reason.CUT)


def _plan(state: State, preserved: Preserved, policy: Policy) -> Decision:
    if policy.is_reread:
        return _plan_again(state, preserved, policy)
    if policy.is_settled:
        return _plan_article(state, preserved, policy)
    visit = preserved.result
    outcome, reason = _outcome(visit)
    if visit.outcome is None and outcome in (Outcome.NOT_ARTICLE, Outcome.GONE) and is_cut(visit):
        outcome, reason = Outcome.FAILED, Reason.CUT  # what is missing may be the article
    is_page = outcome not in (Outcome.FAILED, Outcome.REFUSED)
    if is_page and (nothing := _why_nothing(state, visit)):
        outcome, reason = Outcome.GONE, nothing
    if name := state.withheld(visit):
        outcome, reason = Outcome.NOT_ARTICLE, Reason.WITHHELD
        return Decision(preserved=preserved, at=seen_at(visit), outcome=outcome, reason=reason, withheld=name)
    if outcome is None:
        return _plan_article(state, preserved, policy)
    decision = Decision(preserved=preserved, at=seen_at(visit), outcome=outcome, reason=reason)
    stood = state.document(document_id(visit.link.url))
    if stood and (why := missing(outcome, reason, visit.reading, is_moved=final_url(visit) != visit.link.url)):
        return _miss(state, decision, stood, why)
    if stood and outcome in (Outcome.LISTED, Outcome.NOT_ARTICLE):
        return replace(decision, sighting=Sighting(document=stood.id, signs=frozenset({NO_ARTICLE})))
    if outcome is Outcome.NOT_MODIFIED and (held := state.document(document_id(document_url(visit)))):
        return replace(decision, about=held.id)
    return decision


def _why_nothing(state: State, visited: Visited) -> Reason | None:
    """Return why a page is not what its address was to bring: it is the home page, or what the site answers for anything."""
    if state.is_home_elsewhere(visited):
        return Reason.REDIRECTED if visited.link.role is Role.NEXT else Reason.SOFT_404
    return Reason.SOFT_404 if state.is_answer_to_all(visited) else None


def _plan_article(state: State, preserved: Preserved, policy: Policy) -> Decision:
    """Decide on a visit that brought an article."""
    visit = preserved.result
    before = state.document(document_id(document_url(visit)))
    if before and visit.file and visit.at < before.captured:
        return _plan_earlier(state, preserved, before)
    placed = compare(state, visit, place(state, visit, before, policy))
    if before and placed.is_written and is_cut(visit) and not state.is_cut(before):
        return Decision(preserved=preserved, at=seen_at(visit), outcome=Outcome.FAILED, reason=Reason.CUT)
    if policy.is_settled and before:
        is_same = placed.verdict.outcome is Outcome.UNCHANGED
        placed = replace(placed, verdict=replace(placed.verdict, amends=is_same))
    name, outcome = placed.after.id, placed.verdict.outcome
    decision = Decision(preserved=preserved, at=seen_at(visit), outcome=outcome, about=name)
    decision = _seen(state, decision, placed, policy)
    is_held = decision.quarantine is not None and decision.quarantine.is_changed
    if before and before.absence and before.absence.returned is None:
        before = _found_again(before, at=decision.at)
        is_told = before.absence is not None and before.absence.confirmed is not None and before.path is not None
        files = _marked(state, before) if is_told and (is_held or not placed.is_written) else {}
        decision = replace(decision, absence=before, files=files, states=(before,))
        placed = replace(placed, before=before, after=replace(placed.after, absence=before.absence))
    if is_held:
        return replace(decision, outcome=Outcome.UNCHANGED, reason=Reason.HELD)
    return _written(state, decision, placed, policy) if placed.is_written else decision


def _plan_again(state: State, preserved: Preserved, policy: Policy) -> Decision:
    """Decide on a document whose last evidence was read again: is it to be written anew?

    One that would now equal another document is left as it is: its next visit makes it a duplicate.
    """
    visit = preserved.result
    before = state.document(document_id(document_url(visit)))
    placed = place(state, visit, before, policy)
    after, verdict, change_set = placed.after, placed.verdict, None
    if before and verdict.outcome is Outcome.UNCHANGED and not verdict.amends:
        after = replace(after, article=keeping(after.article, before.article))
        verdict = replace(verdict, amends=_reads_otherwise(state, before, after, visit.site))
    decision = Decision(preserved=preserved, at=seen_at(visit), outcome=Outcome.UNCHANGED, about=after.id)
    if before is None or not verdict.amends or verdict.takes_over:
        return decision
    if policy.versions_at and before.path and before.content_digest != after.content_digest:
        found = changes_between(state.article(before), after.article)
        change_set = ChangeSet(changes=found, kind="version")
        after = replace(after, version=before.version + 1, lastmod=policy.versions_at)
        verdict = replace(verdict, amends=False, outcome=Outcome.CHANGED)
    placed = Placed(before=before, after=after, verdict=verdict, change_set=change_set)
    decision = replace(decision, at=after.lastmod or after.captured, outcome=verdict.outcome)
    return _written(state, decision, placed, policy)


def _reads_otherwise(state: State, before: DocumentState, after: DocumentState, site: Site) -> bool:
    """Return whether the file of a document would hold anything else, but for the number of the extractor; one without a file has none to mend."""
    if before.path is None:
        return False
    document = replace(after, extractor=before.extractor).document(site, contents_of(state.db, after.article))
    try:
        return dump(document) != state.read(before.path)
    except (OSError, ValueError):
        return False  # `scrapy verify` tells it


def _plan_earlier(state: State, preserved: Preserved, known: DocumentState) -> Decision:
    """Decide on an imported text that is older than the first version: it is version 0, the next older one -1, and so on.

    The document itself stays as it is. A text that one of its versions has is unchanged.
    """
    visit = preserved.result
    decision = Decision(preserved=preserved, at=visit.at, outcome=Outcome.UNCHANGED, about=known.id)
    reading, _ = read_from(visit)
    there = history.digests(state.db, known.id)
    if reading.content_digest in there.values():
        return replace(decision, is_earlier=True)
    number = min(there, default=1) - 1
    path = version_path(known.id, host_of(known.url), number)
    text = replace(state_of(visit, None), id=known.id, captured=visit.at, version=number, path=path)
    document = text.document(visit.site, {})
    return replace(decision, outcome=Outcome.CHANGED, is_earlier=True, document=document, files={path: dump(document)})


def _outcome(visited: Visited) -> tuple[Outcome | None, Reason | None]:
    """Return how a visit ends, or (None, None) if it brought an article that is to be placed."""
    if visited.outcome is not None:
        return visited.outcome, visited.reason
    reading = visited.reading
    assert reading is not None, "a visit has an outcome or a reading"
    if reading.article is not None and reading.kind is Kind.ARTICLE:
        if visited.link.role in LISTS and not is_article_url(visited.link.url):
            return Outcome.LISTED, None  # a notice in the place of a list is no article
        wanted = reading.is_news or visited.link.role is Role.SEED
        return (None, None) if wanted else (Outcome.NOT_ARTICLE, Reason.UNDATED)
    if reading.kind is Kind.WALL:
        return (Outcome.GONE if reading.reason is Reason.SOFT_404 else Outcome.REFUSED), reading.reason
    if reading.reason in (Reason.UNREADABLE, Reason.READER_TIMEOUT, Reason.READER_DIED):
        return Outcome.FAILED, reading.reason
    if reading.kind is Kind.HOME and visited.link.role in (Role.NEXT, Role.LIST) and not is_home(visited.link.url):
        return Outcome.GONE, Reason.REDIRECTED
    if reading.kind in (Kind.LIST, Kind.HOME, Kind.FEED) or any(link.role is Role.ARTICLE for link in reading.links):
        return Outcome.LISTED, None
    return Outcome.NOT_ARTICLE, reading.reason or Reason.NO_CONTENT


def _miss(state: State, decision: Decision, stood: DocumentState, reason: Reason) -> Decision:
    """Count a miss of a document; mark it where that is enough."""
    removal = decision.preserved.result.site.removal
    absence = missed(stood.absence, removal, reason=reason, at=decision.at, run=state.run)
    after, is_new = replace(stood, absence=absence), absence.confirmed is not None and stood.status is Status.LIVE
    if is_new:
        after = replace(after, status=Status.GONE)
    decision = replace(
        decision,
        outcome=Outcome.GONE,
        reason=reason,
        absence=after,
        files=_marked(state, after) if is_new else {},
        states=(after,),
    )
    return _succeeded(decision, promote(state, after)) if is_new else decision


def _succeeded(decision: Decision, promotion: Promotion | None) -> Decision:
    """Return the decision that a document is gone, with the duplicate that takes its place, if one is there still."""
    if promotion is None or promotion.document.status is not Status.LIVE or promotion.document.path is None:
        return decision
    files = {**decision.files, **held_files(promotion.document), promotion.document.path: promotion.markdown}
    return replace(decision, promotion=promotion, files=files, states=(*decision.states, *promotion.states))


def _seen(state: State, decision: Decision, placed: Placed, policy: Policy) -> Decision:
    """Return a decision with how its article looks, against how it looked before, and whether a change has to wait for others."""
    before, article, site = placed.before, placed.after.article, decision.preserved.result.site
    traits, name = traits_of(article), placed.after.id
    if policy.is_settled:
        return replace(decision, quarantine=Quarantine(document=name))
    if before is None:
        sighting = Sighting(document=name, traits=traits) if state.is_latest(site, article) else None
        return replace(decision, sighting=sighting)
    if before.article.provenance.get("body") == IMPORTED:
        return decision  # its site was never seen to look like that
    found, changed_from = signs(traits_at(before), traits), placed.changed_from
    if found and (again := state.reread(before, site, decision.preserved.result.capture)) and again.article:
        found = signs(traits_of(again.article), traits)  # a rule that changed is nothing strange
    lines = lines_between(changed_from.body, article.body) if changed_from else frozenset()
    sighting = Sighting(document=name, is_changed=changed_from is not None, signs=found, lines=lines)
    waits = sighting.is_changed and state.holds(site, sighting)
    return replace(decision, sighting=sighting, quarantine=Quarantine(document=name, is_changed=waits, signs=found))


def _found_again(before: DocumentState, *, at: datetime) -> DocumentState:
    """Return a document whose page is there again: its absence is over."""
    assert before.absence is not None, "it was missed"
    status = Status.LIVE if before.status is Status.GONE else before.status
    return replace(before, absence=replace(before.absence, returned=at), status=status)


def _marked(state: State, document: DocumentState) -> Mapping[str, bytes]:
    """Return the file of a document that says that its page was removed, or is back."""
    assert document.path is not None, "a document that is no duplicate has a file"
    assert document.absence is not None
    try:
        return {document.path: mark(state.read(document.path), document.absence)}
    except (OSError, ValueError) as error:
        logger.warning("%s: cannot be marked: %s", document.path, error)  # the catalog says it all the same
        return {}


def _written(state: State, decision: Decision, placed: Placed, policy: Policy) -> Decision:
    """Return a decision with the files its document needs; one that cannot be written down is an issue of its site."""
    before, after, verdict, files = placed.before, placed.after, placed.verdict, dict(decision.files)
    shown, superseded = contents_of(state.db, after.article), None
    document = after.document(decision.preserved.result.site, shown)
    try:
        if before and before.path and not verdict.amends:  # there already if an earlier attempt failed half-way
            superseded = version_path(before.id, host_of(before.url), before.version)
            if not (state.root / superseded).exists():
                files[superseded] = state.read(before.path)
            if document.path is None:  # it has become a duplicate
                files[before.path] = None
        if document.path:
            files |= {**held_files(document), document.path: dump(document)}
    except (ValueError, OSError) as error:
        logger.exception("%s: cannot be written as Markdown", document.url)
        problem = f"{type(error).__name__}: {error}"
        return replace(decision, outcome=Outcome.FAILED, reason=Reason.UNREADABLE, about=None, problem=problem)
    states, displaced = [after, *others(state, placed)], verdict.takes_over
    if displaced and displaced.path:
        files[displaced.path] = None
    promotion = promote(state, before) if before and superseded and not policy.is_reread else None
    if promotion and promotion.document.path:
        files |= {**held_files(promotion.document), promotion.document.path: promotion.markdown}
        states += promotion.states
    return replace(
        decision,
        document=document,
        is_amended=verdict.amends,
        change_set=placed.change_set,
        superseded=superseded,
        displaced=displaced.id if displaced else None,
        promotion=promotion,
        files=files,
        states=tuple(states),
    )
