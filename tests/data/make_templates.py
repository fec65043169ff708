#!/usr/bin/env python3
"""Writes templates, good and broken, with the verdict of Jinja's own parser on each: what our parser is compared with.

usage: make_templates.py FILE [COUNT [SEED]]    exit status 77 where python3-jinja2 is missing

FILE is a list of: "ACCEPT LENGTH" or "REJECT LENGTH", a line feed, the template, a line feed.
"""
import random
import re
import sys

try:
    import jinja2
    from jinja2 import nodes
    from jinja2.ext import Extension
except ImportError:
    print("make_templates: python3-jinja2 is missing", file=sys.stderr)
    sys.exit(77)


class Generation(Extension):
    """The tag that chat templates have around what the model said."""
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_run"), [], [], body).set_lineno(line)


ENV = jinja2.Environment(trim_blocks=True, lstrip_blocks=True,
                         extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", "jinja2.ext.i18n", Generation])
R = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20)
pick = R.choice


def name():
    return pick(["messages", "m", "x", "ns", "role", "loop", "a1", "_u", "not_x", "true", "none", "é", "tools", "in_x"])


def string():
    return pick(["'a'", '"b"', "'<|im_start|>'", "'it\\'s'", '"\\n"', "'\\x41'", "'\\u00e9'", "'}}'", "'%}'", '"{{"', "''", "'\\101'", "'\\d'",
                 "'a' 'b'", "'\\U0001F600'", "'\\x4'", "'\\N{DIGIT ONE}'", "'a\\\nb'"])


def number():
    return pick(["0", "1", "42", "1_000", "1.5", "1e3", "0x1f", "0b101", "0o17", "1.5e-3", "00", "0_0", "10_", "1__0", "007", "1.", ".5", "0xg", "1e", "1.e3"])


def args(d):
    kinds = [lambda: expr(d), lambda: "k=" + expr(d), lambda: "*" + expr(d), lambda: "**" + expr(d)]
    parts = [pick(kinds[:1] * 6 + kinds[1:2] * 3 + kinds[2:])() for _ in range(R.randrange(4))]
    if R.random() < 0.8:
        parts.sort(key=lambda p: (p.startswith("**"), p.startswith("k="), p.startswith("*")))
    return "(" + ", ".join(parts) + pick(["", "", "", ","]) + ")"


def subscript(d):
    return "[" + pick([expr(d), "0", "-1", ":", "::-1", "1:", ":" + expr(d), "1:2:3", "", "1,2", "::", ":,"]) + "]"


def primary(d):
    if d <= 0:
        return pick([name, name, string, number])()
    return pick([name, name, string, number, lambda: "(" + expr(d - 1) + ")", lambda: "[" + ", ".join(expr(d - 1) for _ in range(R.randrange(3))) + pick(["", ","]) + "]",
                 lambda: "{" + ", ".join(string() + ": " + expr(d - 1) for _ in range(R.randrange(3))) + pick(["", ","]) + "}", lambda: "()",
                 lambda: "(" + expr(d - 1) + ",)", lambda: "(" + expr(d - 1) + ", " + expr(d - 1) + ")"])()


def unary(d):
    s = pick(["", "", "", "", "-", "+", "- "]) + primary(d)
    for _ in range(R.randrange(3)):
        s += pick([lambda: "." + pick(["role", "content", "0", "1"]), lambda: subscript(d - 1), lambda: args(d - 1)])()
    for _ in range(R.randrange(2)):
        s += pick([lambda: "|" + pick(["trim", "length", "a.b", "tojson"]), lambda: " | join" + args(d - 1), lambda: " is " + pick(["", "not "]) + pick(["defined", "string", "none", "divisibleby 3", "in [1]", "sameas x", "eq(1)", "mapping"])])()
    return s


def expr(d):
    if d <= 0:
        return primary(0)
    return pick([lambda: unary(d - 1)] * 4 + [lambda: expr(d - 1) + " " + pick(["+", "-", "~", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"]) + " " + expr(d - 1),
                                              lambda: "not " + expr(d - 1), lambda: expr(d - 1) + " if " + expr(d - 1) + pick([" else " + expr(d - 1), ""])])()


def tag(inner):
    return "{%" + pick(["", "-", "+", " "]) + " " + inner + " " + pick(["", "-", "", "+"]) + "%}"


def body(d):
    return "".join(part(d) for _ in range(R.randrange(3)))


def part(d):
    e = lambda: expr(2)
    simple = [lambda: pick(["text ", "\n", "{ x }", "}}", "<|end|>", "# ", "{", "%}"]), lambda: "{{" + pick(["", "-", "+"]) + " " + e() + pick(["", ", " + e(), ""]) + " " + pick(["", "-", ""]) + "}}",
              lambda: "{#" + pick([" c ", "-", "{{ x", "- a -"]) + "#}", lambda: tag("set " + pick([name(), "ns.x", "a, b", "(a, b)", "x[0]", "1"]) + " = " + e()), lambda: tag("do " + e()),
              lambda: tag(pick(["break", "continue"])), lambda: tag("include " + e() + pick(["", " ignore missing", " without context", " with context", " ignore"])),
              lambda: tag("import " + e() + " as " + name()), lambda: tag("from 'f' import a" + pick(["", " as b", ", c", ", _d", " with context", ","])), lambda: tag("extends 'x'"),
              lambda: tag("print " + e()), lambda: "{% raw %}{{ x {% y %}" + pick(["{% endraw %}", "{%- endraw -%}", ""])]
    if d <= 0:
        return pick(simple[:4])()
    blocks = [lambda: tag("if " + e()) + body(d - 1) + pick(["", tag("elif " + e()) + body(d - 1), tag("else") + body(d - 1)]) + tag("endif"),
              lambda: tag("for " + pick(["m", "a, b", "(k, v)", "x.y", "m"]) + " in " + e() + pick(["", " if " + e(), " recursive"])) + body(d - 1) + pick(["", tag("else") + body(d - 1)]) + tag("endfor"),
              lambda: tag("macro f(" + pick(["", "a", "a, b=1", "a=1, b", "a,"]) + ")") + body(d - 1) + tag("endmacro"), lambda: tag("set x" + pick(["", " | trim", "|upper|trim"])) + body(d - 1) + tag("endset"),
              lambda: tag("call" + pick(["", "(a)"]) + " " + pick(["f()", "f", "x.y(1)"])) + body(d - 1) + tag("endcall"), lambda: tag("filter " + pick(["upper", "replace('a', 'b')", "upper|trim"])) + body(d - 1) + tag("endfilter"),
              lambda: tag("with " + pick(["", "a = 1", "a = 1, b = x", "a = 1 b"])) + body(d - 1) + tag("endwith"), lambda: tag("generation") + body(d - 1) + tag("endgeneration"),
              lambda: tag("block " + pick(["b", "b scoped", "b required"])) + body(d - 1) + tag("endblock" + pick(["", " b"])), lambda: tag("autoescape true") + body(d - 1) + tag("endautoescape")]
    return pick(simple[:4] * 4 + simple + blocks * 3)()


def broken(text):
    """One or two small changes, most of which make it wrong."""
    for _ in range(R.randrange(1, 3)):
        i = R.randrange(len(text) + 1)
        text = pick([lambda: text[:i] + text[i + 1:], lambda: text[:i] + pick(["(", ")", "[", "]", "}", "{", "%}", "{%", "|", ".", ",", "'", "=", " if ", " not ", " is ", ":", "!", "$", "*", "“"]) + text[i:],
                     lambda: text[:i] + text[i + 3:], lambda: text[i:] + text[:i]])()
    return text


def verdict(text):
    try:
        ENV.parse(text)
        return "ACCEPT"
    except jinja2.TemplateSyntaxError:
        return "REJECT"


# what versions of Jinja disagree on: attributes among several targets of set; and the names of all characters, of which
# our parser has no list
UNSETTLED = re.compile(r"set\s[^=%]*(\.[^=%]*,|,[^=%]*\.)|\\N(?!\{DIGIT ONE\})")


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    with open(sys.argv[1], "wb") as out:
        made = 0
        while made < count:
            text = body(3) + part(3)
            if R.random() < 0.4:
                text = broken(text)
            if UNSETTLED.search(text) or len(text) > 5000:
                continue
            try:
                said = verdict(text)
            except (RecursionError, MemoryError):
                continue
            data = text.encode()
            out.write(b"%s %d\n%s\n" % (said.encode(), len(data), data))
            made += 1


main()
