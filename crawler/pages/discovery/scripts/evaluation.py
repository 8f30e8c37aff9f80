"""Evaluation: what the scripts of a page would write, ask for or leave for, without running them.

Expressions over what stands in the page are worked out (strings, numbers, arrays, the page's own functions); everything else is a value
nobody knows. Where a condition is not known both ways are looked at, so that nothing depends on a browser. There is no DOM, no clock, no
network; steps, calls and lengths are bounded.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from crawler.pages.discovery.scripts.acts import Acts
from crawler.pages.discovery.scripts.known import MADE, Known
from crawler.pages.discovery.scripts.library import CLIENT, Library, routed
from crawler.pages.discovery.scripts.lists import MOST
from crawler.pages.discovery.scripts.members import Members, element_of
from crawler.pages.discovery.scripts.operations import combined, number_of, truth
from crawler.pages.discovery.scripts.patterns import pattern_in
from crawler.pages.discovery.scripts.syntax import Node, parse
from crawler.pages.discovery.scripts.values import (
    MAX_ROUNDS,
    UNKNOWN,
    Bindings,
    Deed,
    Function,
    Hole,
    Origin,
    PartlyKnown,
    ScriptAct,
    Thing,
    Unknown,
    as_text,
    concatenate,
    plain,
)

MAX_STEPS = 40_000  # nodes looked at: the scripts of a page, with the loops of their pagers, take a few thousand
MAX_UNCALLED = 4_000  # of a function that nothing calls: it turns a page or makes rows; what takes more is a library
MAX_UNCALLED_OF_ALL = 30_000
MAX_DEPTH = 60  # expressions and calls within each other
MAX_CALLS = 400  # of one function
PATTERNS = frozenset({"object_pattern", "array_pattern"})
RUNNERS = frozenset({"eval", "setTimeout", "setInterval"})  # run a script that is text
MAX_RUN = 20_000  # characters of such a script
BRANCHES = frozenset("switch_case switch_default try_statement catch_clause labeled_statement export_statement".split())


class OutOfStepsError(Exception):
    """The bound is reached: what was found until then stands."""


class Evaluation:
    """The scripts of one page. Use `run`, then `call_uncalled`, then `handler` for each thing a reader might click."""

    def __init__(self, address: str = "") -> None:
        """`address` is that of the page, where its scripts work with it; "": it is not known."""
        self.top = Bindings({})
        self.acts = Acts()
        self.functions: list[Function] = []
        self._calls: dict[Function, int] = {}  # so often each was evaluated
        self._members = Members(self.acts, self.top, self._touch, address)
        self._known = Known(self.acts, self._invoke, self._touch, address)
        self._library = Library(self.acts, self._invoke, self._calls)
        self._before: dict[int, tuple[Any, Any]] | None = None  # during a click: what it changes, and how that was
        self._steps = self._depth = 0
        self._most = MAX_STEPS

    def run(self, program: Node) -> None:
        """Go through a script."""
        self._bounded(lambda: self._block(program, self.top))

    def call_uncalled(self) -> None:
        """Go through the functions nothing calls, with holes for what their callers would give; and through those that ask for something."""
        asking, left = {one.function for one in self.acts.found if one.deed is Deed.REQUEST}, MAX_UNCALLED_OF_ALL
        for function in list(self.functions):
            is_wanted = function not in self._calls or (function.parameters and function.name in asking)
            if is_wanted and left > 0:
                holes = [Hole(name, Origin.CALLER) for name in function.parameters]
                values = dict(self.top.values)
                call = partial(self._invoke, function, holes, Thing("this", Origin.ATTRIBUTE))
                self._bounded(call, min(MAX_UNCALLED, left))
                left -= self._steps
                self.top.values = values

    def handler(self, program: Node) -> list[ScriptAct]:
        """Return what a click would do. It leaves everything as it was: no click depends on another."""
        start = len(self.acts.found)
        scope = Bindings({"this": Thing("this", Origin.ATTRIBUTE)}, self.top)
        self._undone(lambda: self._block(program, scope))
        found = self.acts.found[start:]
        del self.acts.found[start:]
        return found

    def expression(self, program: Node, items: Sequence[str]) -> PartlyKnown | None:
        """Return what an expression of a template comes to for `items` of an answer."""
        scope = Bindings({item: Thing(item, Origin.ANSWER) for item in items}, self.top)
        statement = program.named_children[0] if program.named_children else None
        made: list[Any] = []
        if statement is not None:
            self._undone(lambda: made.append(self._value(statement, scope)))
        return as_text(routed(made[0])) if made else None

    def _bounded(self, work: Callable[[], object], steps: int = MAX_STEPS) -> None:
        self._steps, self._most, self._depth = 0, steps, 0
        self.acts.inside = []
        try:
            work()
        except (OutOfStepsError, RecursionError, OverflowError):
            return

    def _undone(self, work: Callable[[], object]) -> None:
        """Do something, and put back what it changed."""
        self._before, functions = {}, len(self.functions)
        self._bounded(work)
        for held, copy in self._before.values():
            held.clear()
            held.update(copy) if isinstance(held, dict) else held.extend(copy)
        del self.functions[functions:]
        self._before = None

    def _touch(self, held: dict[Any, Any] | list[Any]) -> None:
        """Note how something was before it is changed, where that is to be undone."""
        if self._before is not None and id(held) not in self._before:
            self._before[id(held)] = (held, held.copy())

    # Statements. They return a value where a `return` was met that is certain, UNKNOWN's absence (None) otherwise.

    def _block(self, node: Node, scope: Bindings) -> tuple[Any] | None:
        for child in node.named_children:
            if child.type == "function_declaration":
                self._declare(child, scope)
        for child in node.named_children:
            if (returned := self._statement(child, scope)) is not None:
                return returned
        return None

    def _statement(self, node: Node, scope: Bindings) -> tuple[Any] | None:
        self._steps += 1
        if self._steps > self._most:
            raise OutOfStepsError
        match node.type:
            case "expression_statement" | "variable_declaration" | "lexical_declaration" | "throw_statement":
                for child in node.named_children:
                    self._declarator(child, scope) if child.type == "variable_declarator" else self._value(child, scope)
            case "return_statement":
                return (self._value(node.named_children[0], scope),) if node.named_children else (None,)
            case "if_statement":
                return self._if(node, scope)
            case "statement_block" | "switch_body" | "else_clause" | "finally_clause":
                return self._block(node, scope)
            case "function_declaration" | "comment" | "ERROR":
                pass
            case _:
                self._other_statement(node, scope)
        return None

    def _other_statement(self, node: Node, scope: Bindings) -> None:
        match node.type:
            case "for_statement":
                self._for(node, scope)
            case "for_in_statement":
                self._for_in(node, scope)
            case "while_statement" | "do_statement":
                self._loop(node, scope)
            case "switch_statement":
                self._switch(node, scope)
            case "class_declaration":
                self._class(node, scope)
            case kind if kind in BRANCHES:
                self._all(node, scope)
            case _:
                self._value(node, scope)

    def _all(self, node: Node, scope: Bindings) -> None:
        """Look at every branch: which one is taken is not known."""
        for child in node.named_children:
            self._statement(child, scope)

    def _if(self, node: Node, scope: Bindings) -> tuple[Any] | None:
        known = truth(self._field(node, "condition", scope))
        first, second = node.field("consequence"), node.field("alternative")
        if known is None:
            held = {name: value for name, value in scope.values.items() if isinstance(value, Hole)}
            for branch in (first, second):
                if branch is not None:
                    self._statement(branch, scope)
            # `if (page > last) page = last`: it may well be what it was
            scope.values.update({name: value for name, value in held.items() if isinstance(scope.values[name], int)})
            return None
        branch = first if known else second
        return self._statement(branch, scope) if branch is not None else None

    def _switch(self, node: Node, scope: Bindings) -> None:
        """Go through the case that is meant, down to its `break`; through all where nobody knows which."""
        known, body = plain(self._field(node, "value", scope)), node.field("body")
        cases = list(body.named_children) if body is not None else []
        if not isinstance(known, str | int | float):
            for case in cases:
                self._all(case, scope)
            return
        meant = [plain(self._field(case, "value", scope)) if case.type == "switch_case" else known for case in cases]
        start = next((number for number, value in enumerate(meant) if value == known), len(cases))
        for statement in (child for case in cases[start:] for child in case.named_children):
            if statement.type == "break_statement":
                return
            self._statement(statement, scope)

    def _for(self, node: Node, scope: Bindings) -> None:
        inner = Bindings({}, scope)
        if (start := node.field("initializer")) is not None:
            self._statement(start, inner)
        self._loop(node, inner)

    def _loop(self, node: Node, scope: Bindings) -> None:
        body, increment = node.field("body"), node.field("increment")
        for _ in range(MAX_ROUNDS):
            known = truth(self._field(node, "condition", scope))
            if known is False or body is None:
                return
            if known is None and increment is not None and (counter := increment.field("argument")) is not None:
                self._assign(counter, Hole(counter.text, Origin.CALLER), scope)  # nobody knows how far it counts
            if self._statement(body, scope) is not None or known is None:
                return
            if increment is not None:
                self._value(increment, scope)

    def _for_in(self, node: Node, scope: Bindings) -> None:
        left, body = node.field("left"), node.field("body")
        operator = node.field("operator")
        over = plain(self._field(node, "right", scope))
        if left is None or body is None:
            return
        names = operator is not None and operator.text == "in"
        items: Sequence[Any] = [element_of(over)]
        if isinstance(over, list | dict | str):
            items = list(range(len(over))) if names and not isinstance(over, dict) else list(over)
        for item in items[:MAX_ROUNDS]:
            inner = Bindings({}, scope)
            self._bind(left, item, inner)
            self._statement(body, inner)

    def _declarator(self, node: Node, scope: Bindings) -> None:
        name = node.field("name")
        value = node.field("value")
        if name is not None and (value is not None or name.type == "identifier"):
            given = self._value(value, scope) if value is not None else None
            if isinstance(given, Function) and not given.name:
                given.name = name.text
            self._bind(name, given, scope)

    def _bind(self, pattern: Node, value: Any, scope: Bindings) -> None:
        """Give names of a pattern their values."""
        match pattern.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                scope.values[pattern.text] = value
            case "object_pattern":
                for child in pattern.named_children:
                    key = child.field("key") or child.field("left") or child
                    target = child.field("value") or key
                    self._bind(target, self._members.read(value, key.text), scope)
            case "array_pattern":
                for number, child in enumerate(pattern.named_children):
                    self._bind(child, self._members.read(value, number), scope)
            case "assignment_pattern":
                if (left := pattern.field("left")) is not None:
                    given = self._field(pattern, "right", scope) if value is None else value
                    self._bind(left, given, scope)

    # Expressions.

    def _field(self, node: Node, name: str, scope: Bindings) -> Any:
        """Return what a child of a name in the grammar comes to."""
        child = node.field(name)
        return self._value(child, scope) if child is not None else UNKNOWN

    def _value(self, node: Node, scope: Bindings) -> Any:
        self._steps += 1
        if self._steps > self._most:
            raise OutOfStepsError
        if self._depth > MAX_DEPTH:
            return UNKNOWN
        if (how := HOW.get(node.type)) is None:
            return UNKNOWN
        self._depth += 1
        value = how(self, node, scope)
        self._depth -= 1  # what breaks off breaks off the whole: `_bounded` starts afresh
        return value

    def _on_expression_statement(self, node: Node, scope: Bindings) -> Any:
        return self._value(node.named_children[0], scope) if node.named_children else UNKNOWN

    _on_parenthesized_expression = _on_await_expression = _on_expression_statement

    def _on_sequence_expression(self, node: Node, scope: Bindings) -> Any:
        return [self._value(child, scope) for child in node.named_children][-1]

    def _on_string(self, node: Node, scope: Bindings) -> Any:
        return node.literal

    def _on_template_string(self, node: Node, scope: Bindings) -> Any:
        whole = PartlyKnown(())
        for child in node.named_children:
            is_filled = child.type == "template_substitution"
            part = (
                self._value(child.named_children[0], scope) if is_filled and child.named_children else child.unescaped
            )
            whole = concatenate(whole, as_text(part))
        return plain(whole)

    def _on_regex(self, node: Node, scope: Bindings) -> Any:
        pattern, flags = node.field("pattern"), node.field("flags")
        return UNKNOWN if pattern is None else pattern_in(pattern.text, flags.text if flags is not None else "")

    def _on_number(self, node: Node, scope: Bindings) -> Any:
        source = node.text
        try:
            return int(source, 0) if source.isdigit() or source[:2].lower() == "0x" else float(source)
        except ValueError:
            return UNKNOWN

    def _on_true(self, node: Node, scope: Bindings) -> Any:
        return True

    def _on_false(self, node: Node, scope: Bindings) -> Any:
        return False

    def _on_null(self, node: Node, scope: Bindings) -> Any:
        return None

    _on_undefined = _on_null

    def _on_identifier(self, node: Node, scope: Bindings) -> Any:
        return scope.get(node.text)

    def _on_this(self, node: Node, scope: Bindings) -> Any:
        return scope.get("this")

    def _on_array(self, node: Node, scope: Bindings) -> Any:
        return self._listed(node, scope)

    def _listed(self, node: Node, scope: Bindings) -> list[Any]:
        """Return the values that stand in a list or between the brackets of a call."""
        made: list[Any] = []
        for child in node.named_children:
            if child.type == "spread_element" and child.named_children:
                spread = plain(self._value(child.named_children[0], scope))
                made += list(spread)[: MOST - len(made)] if isinstance(spread, list | str) else [element_of(spread)]
            elif child.type != "comment":
                made.append(self._value(child, scope))
        return made

    def _on_object(self, node: Node, scope: Bindings) -> Any:
        made: dict[Any, Any] = {}
        for child in node.named_children:
            if child.type == "pair" and (key := child.field("key")) is not None:
                name = self._value(key, scope) if key.type == "string" else key.text
                made[str(name)] = self._field(child, "value", scope)
            elif child.type == "method_definition" and (key := child.field("name")) is not None:
                made[key.text] = self._function(child, scope)
            elif child.type == "shorthand_property_identifier":
                made[child.text] = scope.get(child.text)
            elif child.type == "spread_element" and child.named_children:
                spread = self._value(child.named_children[0], scope)
                made.update(spread if isinstance(spread, dict) else {})
        return made

    def _on_function_expression(self, node: Node, scope: Bindings) -> Any:
        return self._function(node, scope)

    _on_arrow_function = _on_generator_function = _on_function_expression

    def _function(self, node: Node, scope: Bindings) -> Function | Unknown:
        body, given = node.field("body"), node.field("parameters")
        one = node.field("parameter")
        names = [one] if one is not None else given.named_children if given is not None else []
        if body is None:
            return UNKNOWN
        name = node.field("name")
        firsts = [child.field("left") or child for child in names]
        made = Function(name.text if name is not None else "", tuple(first.text for first in firsts), body, scope)
        made.patterns = tuple(first for first in firsts if first.type in PATTERNS)
        self.functions.append(made)
        return made

    def _class(self, node: Node, scope: Bindings) -> Function | Unknown:
        """Keep a class as the function that makes its objects, whose members are its methods."""
        body, name = node.field("body"), node.field("name")
        if body is None:
            return UNKNOWN
        named = {
            key.text: child for child in body.named_children if (key := child.field("name") or child.field("property"))
        }
        made = self._function(named["constructor"], scope) if "constructor" in named else Function("", (), body, scope)
        if isinstance(made, Function):
            made.name = name.text if name is not None else ""
            for member, child in named.items():
                is_method = child.type == "method_definition"
                held = self._function(child, scope) if is_method else self._field(child, "value", scope)
                made.prototype[member] = held
            if name is not None:
                scope.values[name.text] = made
        return made

    _on_class = _class

    def _declare(self, node: Node, scope: Bindings) -> None:
        if isinstance(made := self._function(node, scope), Function):
            scope.values[made.name] = made

    def _on_ternary_expression(self, node: Node, scope: Bindings) -> Any:
        known = truth(self._field(node, "condition", scope))
        if known is None:
            first, second = self._field(node, "consequence", scope), self._field(node, "alternative", scope)
            return second if isinstance(second, PartlyKnown | Hole) else first
        return self._field(node, "consequence" if known else "alternative", scope)

    def _on_binary_expression(self, node: Node, scope: Bindings) -> Any:
        left, right = plain(self._field(node, "left", scope)), plain(self._field(node, "right", scope))
        operator = node.field("operator")
        return combined(operator.text if operator is not None else "", left, right)

    def _on_unary_expression(self, node: Node, scope: Bindings) -> Any:
        value, operator = plain(self._field(node, "argument", scope)), node.field("operator")
        match operator.text if operator is not None else "":
            case "!":
                known = truth(value)
                return UNKNOWN if known is None else not known
            case "-" if isinstance(value, int | float):
                return -value
            case "+":
                return number_of(value)
        return UNKNOWN

    def _on_update_expression(self, node: Node, scope: Bindings) -> Any:
        target = node.field("argument")
        if target is None:
            return UNKNOWN
        before = self._value(target, scope)
        operator = node.field("operator")
        after = combined("+" if operator is not None and operator.text == "++" else "-", number_of(before), 1)
        self._assign(target, after, scope)
        return before if not node.is_prefix else after

    def _on_augmented_assignment_expression(self, node: Node, scope: Bindings) -> Any:
        target, operator = node.field("left"), node.field("operator")
        if target is None or operator is None:
            return UNKNOWN
        given, before = plain(self._field(node, "right", scope)), plain(self._value(target, scope))
        if isinstance(given, str | PartlyKnown):
            before = before if isinstance(before, str | PartlyKnown) else ""  # a variable nobody has set gathers HTML
            self.acts.gather(given)
        value = combined(operator.text.removesuffix("="), before, given)
        self._assign(target, value, scope, written=given)
        return value

    def _on_assignment_expression(self, node: Node, scope: Bindings) -> Any:
        value = self._field(node, "right", scope)
        if (target := node.field("left")) is not None:
            self._assign(target, value, scope)
        return value

    def _assign(self, target: Node, value: Any, scope: Bindings, written: Any = None) -> None:
        """Keep a value under a name or member; note where that leaves the page or writes into it."""
        if target.type == "identifier":
            name = target.text
            if name == "location" and scope.find(name) is None:
                self.acts.note(Deed.GO, value)
            if isinstance(value, Function) and not value.name and self._before is None:
                value.name = name
            values = (scope.find(name) or scope).values
            self._touch(values)
            values[name] = value
        elif target.type in ("member_expression", "subscript_expression"):
            holder, name = self._field(target, "object", scope), self._name(target, scope)
            if isinstance(value, Function) and not value.name and self._before is None:
                value.name = str(name)
            self._members.note(holder, name, value, value if written is None else written)
            if isinstance(value, Function) and str(name).startswith("on"):
                self._invoke(value, [Thing("event")], Thing("this", Origin.ATTRIBUTE))
            self._members.keep(holder, name, value)

    def _name(self, node: Node, scope: Bindings) -> Any:
        if node.type == "member_expression":
            member = node.field("property")
            return member.text if member is not None else UNKNOWN
        return plain(self._field(node, "index", scope))

    def _on_member_expression(self, node: Node, scope: Bindings) -> Any:
        return self._members.read(plain(self._field(node, "object", scope)), self._name(node, scope))

    _on_subscript_expression = _on_member_expression

    # Calls.

    def _on_new_expression(self, node: Node, scope: Bindings) -> Any:
        made = node.field("constructor")
        name = made.text if made is not None else "new"
        arguments = self._arguments(node, scope)
        if name in MADE:
            return self._known.made(name, arguments)
        maker = scope.get(name) if made is not None and made.type == "identifier" else None
        if isinstance(maker, Function):
            this: dict[Any, Any] = dict(maker.prototype)
            self._invoke(maker, arguments, this)
            return this
        self.acts.call(name, [plain(argument) for argument in arguments])
        self._library.hand_over(arguments)
        return Thing(name)

    def _arguments(self, node: Node, scope: Bindings) -> list[Any]:
        given = node.field("arguments")
        return self._listed(given, scope) if given is not None else []

    def _on_call_expression(self, node: Node, scope: Bindings) -> Any:
        called = node.field("function")
        if called is None:
            return UNKNOWN
        holder: Any = None
        if called.type in ("member_expression", "subscript_expression"):
            holder, name = plain(self._field(called, "object", scope)), self._name(called, scope)
            function = self._members.read(holder, name)
        else:
            name, function = called.text if called.type == "identifier" else "", self._value(called, scope)
        arguments = self._arguments(node, scope)
        if isinstance(function, Function):
            return self._invoke(function, arguments, holder)
        if holder is not None and not isinstance(holder, dict) and str(name) in self._members.added:
            return self._invoke(self._members.added[str(name)], arguments, holder)
        if holder is None and name in RUNNERS and arguments and isinstance(source := plain(arguments[0]), str):
            return self._block(parse(source), scope) if len(source) <= MAX_RUN else UNKNOWN
        if (known := self._known.called(holder, name, arguments)) is not None:
            return known[0]
        if holder is None and isinstance(function, Thing) and function.name.startswith(CLIENT):
            return self._library.call(function, "", arguments)
        if holder is None and isinstance(function, Thing) and not function.origin:
            name = function.name.rpartition(".")[2]  # `const h = React.createElement`
        return self._library.call(holder, str(name), arguments)

    def _invoke(self, function: Function, arguments: Sequence[Any], this: Any = None) -> Any:
        self._touch(self._calls)
        self._calls[function] = calls = self._calls.get(function, 0) + 1
        if calls > MAX_CALLS or len(self.acts.inside) > MAX_DEPTH // 4:
            return UNKNOWN
        given = dict(zip(function.parameters, (*arguments, *[None] * len(function.parameters)), strict=False))
        known = {"arguments": list(arguments), **given} if function.body.type == "statement_block" else given
        inner = Bindings({**known, **({"this": this} if this is not None else {})}, function.scope)
        for pattern in function.patterns:
            self._bind(pattern, given.get(pattern.text), inner)
        self.acts.inside.append(function.name)
        try:
            if function.body.type != "statement_block":
                return self._value(function.body, inner)
            returned = self._block(function.body, inner)
        finally:
            self.acts.inside.pop()
        return returned[0] if returned else None


HOW: Mapping[str, Callable[[Evaluation, Node, Bindings], Any]] = {  # type of a node -> what it comes to
    name.removeprefix("_on_"): how for name, how in vars(Evaluation).items() if name.startswith("_on_")
}
