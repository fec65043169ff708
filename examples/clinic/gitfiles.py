"""A git repository written object by object, so that it is the same bytes each time and needs no git."""
import hashlib
import os
import struct
import zlib


class Repository:
    def __init__(self, folder):
        self.git = os.path.join(folder, ".git")
        self.parent = None

    def write(self, path, data):
        path = os.path.join(self.git, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)

    def add(self, kind, body):
        data = f"{kind} {len(body)}\0".encode() + body
        name = hashlib.sha1(data).hexdigest()
        self.write(f"objects/{name[:2]}/{name[2:]}", zlib.compress(data, 6))
        return name

    def tree(self, files):
        """`files` is {path: bytes}."""
        entries, folders = [], {}
        for path, data in files.items():
            first, _, rest = path.partition("/")
            if rest:
                folders.setdefault(first, {})[rest] = data
            else:
                entries.append((first.encode(), b"100644", self.add("blob", data)))
        for folder, inside in folders.items():
            entries.append((folder.encode() + b"/", b"40000", self.tree(inside)))
        body = b""
        for name, mode, digest in sorted(entries):
            body += mode + b" " + name.rstrip(b"/") + b"\0" + bytes.fromhex(digest)
        return self.add("tree", body)

    def commit(self, files, who, when, message):
        lines = [f"tree {self.tree(files)}"]
        if self.parent:
            lines.append(f"parent {self.parent}")
        lines += [f"author {who} {when} +0000", f"committer {who} {when} +0000", "", message, ""]
        self.parent = self.add("commit", "\n".join(lines).encode())

    def finish(self, files):
        """HEAD, the branch, the configuration, and an index that git refreshes by itself (no times, no inodes)."""
        self.write("HEAD", b"ref: refs/heads/main\n")
        self.write("refs/heads/main", self.parent.encode() + b"\n")
        self.write("config", b"[core]\n\trepositoryformatversion = 0\n\tfilemode = false\n\tbare = false\n"
                             b'[remote "origin"]\n\turl = https://git.linden-clinics.example/ai/estate.git\n')
        body = b"DIRC" + struct.pack(">II", 2, len(files))
        for path in sorted(files, key=str.encode):
            name = path.encode()
            data = files[path]
            blob = hashlib.sha1(f"blob {len(data)}\0".encode() + data).digest()
            entry = struct.pack(">10I", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 0) + blob + struct.pack(">H", min(len(name), 0xFFF)) + name
            body += entry + b"\0" * (8 - len(entry) % 8)
        self.write("index", body + hashlib.sha1(body).digest())
