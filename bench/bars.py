"""The fields that quality is judged by: what each must reach, and that no peer is better."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.gold import Figures

NOT_GIVEN = "–"


@dataclass(frozen=True, slots=True)
class Field:
    """One figure of the scorer (described there)."""

    name: str
    bar: float | None = None  # None: no peer may be better, that is all
    lower: bool = False  # lower is better

    @property
    def asked(self) -> str:
        return "" if self.bar is None else f"{'≤' if self.lower else '≥'} {self.bar:g}"

    def is_worse(self, value: float, than: float) -> bool:
        return value > than if self.lower else value < than

    def best(self, values: Mapping[str, float]) -> tuple[str, float]:
        """Return who has the best of some values, and that."""
        return (min if self.lower else max)(values.items(), key=lambda item: item[1])


FIELDS = (
    Field("body_f1", 0.992),
    Field("body_p"),
    Field("body_r"),
    Field("perfect", 0.96),
    Field("leaks", 0.004, lower=True),
    Field("title", 0.985),
    Field("day", 0.99),
    Field("minute", 0.97),
    Field("date_invented", 0.02, lower=True),
    Field("source", 0.96),
    Field("people_f1", 0.93),
    Field("names_f1", 0.95),
    Field("images_f1", 0.98),
    Field("image_order"),
    Field("attachments_f1", 0.96),
    Field("kind_acc", 0.993),
    Field("false_articles", lower=True),
)


def misses(ours: Figures, peers: Mapping[str, Figures], fields: Sequence[Field] = FIELDS) -> Iterator[str]:
    """Yield the bars that ours misses, each as a line that says by how much."""
    for field in fields:
        value = ours.get(field.name)
        if value is None:
            yield f"{field.name}: ours gives none"
            continue
        if field.bar is not None and field.is_worse(value, field.bar):
            yield f"{field.name}: {shown(value)}, the bar is {field.asked}"
        theirs = {peer: figure for peer, of in peers.items() if (figure := of.get(field.name)) is not None}
        if theirs and field.is_worse(value, (best := field.best(theirs))[1]):
            yield f"{field.name}: {shown(value)}, {best[0]} has {shown(best[1])}"


def shown(value: float | None) -> str:
    """Return a figure as it stands in a table."""
    return NOT_GIVEN if value is None else f"{value:.3f}"
