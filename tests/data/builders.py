"""What the generators of test files share: a folder with its index, and a few wire formats."""
import io, os, zipfile


class Folder:
    """Files, and a row of words for each. index() writes the rows as index.tsv: a line a file, tabs between."""

    def __init__(self, path):
        self.path, self.rows = path, []
        os.makedirs(path, exist_ok=True)

    def file(self, name, *row):
        """The path of a file that somebody else writes."""
        if row:
            self.rows.append((name,) + row)
        return os.path.join(self.path, name)

    def put(self, name, data, *row):
        with open(self.file(name, *row), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())

    def index(self):
        with open(os.path.join(self.path, "index.tsv"), "w") as f:
            for row in self.rows:
                f.write("\t".join(row) + "\n")


# ---- protobuf ----
def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def pb(number, value):
    """A field: a number, or a text, bytes or message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


# ---- zip ----
def archive(entries, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in entries:
            z.writestr(name, data)
    return out.getvalue()
