"""What the new-* scripts share."""
import os
import re
import sys

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def stop(why):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {why}")


def path(relative):
    return os.path.join(ROOT, relative)


def arguments(doc):
    """(name, name as a C identifier)"""
    if len(sys.argv) != 2 or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", sys.argv[1]):
        stop(f"usage: scripts/{doc.splitlines()[0]} NAME is lower case words joined by '-'")
    return sys.argv[1], sys.argv[1].replace("-", "_")


def write(relative, text):
    where = path(relative)
    if os.path.exists(where):
        stop(f"{relative} is there already")
    os.makedirs(os.path.dirname(where), exist_ok=True)
    with open(where, "w", encoding="utf-8") as f:
        f.write(text)
    print(f"made     {relative}")


def above(relative, marker, line):
    """Adds `line` above the comment that says where new ones go."""
    where = path(relative)
    with open(where, encoding="utf-8") as f:
        text = f.read()
    found = re.search(rf"^([ \t]*)/\* {re.escape(marker)} above this line \*/", text, re.M)
    if found is None:
        stop(f"{relative} has no comment '{marker} above this line': add this yourself: {line}")
    with open(where, "w", encoding="utf-8") as f:
        f.write(text[:found.start()] + found[1] + line + "\n" + text[found.start():])
    print(f"changed  {relative}")


def register(relative, c_type, symbol, before=None):
    """One declaration before the table of `relative`, and one line in it: before the entry `before`, else at its end."""
    where = path(relative)
    with open(where, encoding="utf-8") as f:
        text = f.read()
    table = re.search(rf"^const {c_type} \*const \w+\[\] = \{{.*?^\}};", text, re.M | re.S)
    place = table and (re.search(rf"^[ \t]*&{before},", table[0], re.M) if before else None)
    place = place or (table and re.search(r"^[ \t]*NULL,?\s*\};", table[0], re.M))
    if place is None:
        stop(f"{relative} has no table of {c_type} that ends with NULL: add &{symbol} yourself")
    at = table.start() + place.start()
    text = (text[:table.start()] + f"extern const {c_type} {symbol};\n" + text[table.start():at] + f"    &{symbol},\n" + text[at:])
    with open(where, "w", encoding="utf-8") as f:
        f.write(text)
    print(f"changed  {relative}")
