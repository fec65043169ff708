"""Model files that hold numbers and texts and little else, for make_formats.py: trees, networks, ggml's old files, ExecuTorch
programs, frozen TensorFlow graphs; with attacks where the format allows one, and files that only begin alike."""
import json, struct

from builders import pb as msg, pb as num


# ---- FlatBuffers ----
class Flat:
    """Tables are written front to back: an offset points forward to what is written after the table."""

    def table(self, fields):
        """fields: number -> 4 bytes, or another flat value (bytes of a table, text or list) that is put behind."""
        count = max(fields) + 1 if fields else 0
        places = [4 + 4 * sorted(fields).index(i) if i in fields else 0 for i in range(count)]
        vtable = struct.pack("<HH", 4 + 2 * count, 4 + 4 * len(fields)) + b"".join(struct.pack("<H", p) for p in places)
        vtable += bytes(-len(vtable) % 4)
        body, behind = b"", b""
        size = 4 + 4 * len(fields)
        for n, i in enumerate(sorted(fields)):
            value = fields[i]
            if isinstance(value, int):
                body += struct.pack("<I", value)
                continue
            start, data = value
            body += struct.pack("<I", size - (4 + 4 * n) + len(behind) + start)
            behind += data + bytes(-len(data) % 4)
        return len(vtable), vtable + struct.pack("<i", len(vtable)) + body + behind

    def text(self, s):
        return 0, struct.pack("<I", len(s)) + s.encode() + b"\0"

    def list(self, items):
        head, behind = b"", b""
        for n, (start, data) in enumerate(items):
            head += struct.pack("<I", 4 * (len(items) - n) + len(behind) + start)
            behind += data + bytes(-len(data) % 4)
        return 0, struct.pack("<I", len(items)) + head + behind

    def file(self, root, mark=b""):
        start, data = root
        return struct.pack("<I", 4 + len(mark) + start) + mark + data


F = Flat()


def catboost(parts=(), behind=b""):
    core = F.table({0: F.text("FlabuffersModel_v1"), 1: F.table({0: 7}), **({3: F.list([F.text(p) for p in parts])} if parts else {})})
    data = F.file(core)
    return b"CBM1" + struct.pack("<I", len(data)) + data + behind


def executorch(operators=("aten::add",), backends=(), segments=(), mark=b"ET12", base=None):
    plan = {0: F.text("forward"), 6: F.list([F.table({0: F.text(o)}) for o in operators])}
    if backends:
        plan[7] = F.list([F.table({0: F.text(b)}) for b in backends])
    program = {0: 3, 1: F.list([F.table(plan)])}
    if segments: # 64-bit fields: two words each, the table's places by hand
        tables = [(8, struct.pack("<HHHH", 8, 20, 4, 12) + struct.pack("<i", 8) + struct.pack("<QQ", *s)) for s in segments]
        program[4] = F.list(tables)
    header = b"eh00" + struct.pack("<IQQ", 24, 0, base) if base is not None else b""
    start, data = F.table(program)
    return struct.pack("<I", 8 + len(header) + start) + mark + header + data


# ---- XGBoost ----
xgboost = {"learner": {"attributes": {}, "feature_names": ["age"], "feature_types": ["float"],
                       "gradient_booster": {"model": {"trees": [{"split_conditions": [0.5, 1.5]}]}, "name": "gbtree"},
                       "learner_model_param": {"num_feature": "1"}, "objective": {"name": "binary:logistic"}}, "version": [2, 1, 0]}


def ubj(value):
    if isinstance(value, dict):
        return b"{" + b"".join(b"L" + struct.pack(">q", len(k)) + k.encode() + ubj(v) for k, v in value.items()) + b"}"
    if isinstance(value, list) and value and all(isinstance(v, float) for v in value):
        return b"[$d#L" + struct.pack(">q", len(value)) + struct.pack(">%df" % len(value), *value)
    if isinstance(value, list):
        return b"[#L" + struct.pack(">q", len(value)) + b"".join(ubj(v) for v in value)
    if isinstance(value, str):
        return b"SL" + struct.pack(">q", len(value)) + value.encode()
    return b"i" + bytes([value])


def xgboost_binary(booster):
    return b"binf" + bytes(136) + struct.pack("<Q", 6) + b"reg:sq" + struct.pack("<Q", len(booster)) + booster.encode() + bytes(64)


LIGHTGBM = """tree
version=v4
num_class=1
max_feature_idx=1
objective=binary sigmoid:1
feature_names=age height

Tree=0
num_leaves=2
leaf_value=0.1 0.2

end of trees

parameters:
[boosting: gbdt]
end of parameters
"""


# ---- protobufs ----
def caffe(*layers, name="lenet"):
    return msg(1, name) + b"".join(layers)


def layer(name, kind, more=b""):
    return msg(100, msg(1, name) + msg(2, kind) + more)


def paddle(*ops):
    var = msg(3, msg(1, "feed") + msg(2, num(1, 9)))
    block = num(1, 0) + num(2, (1 << 64) - 1) + var + b"".join(msg(4, msg(1, msg(1, "X") + msg(2, "a")) + msg(3, o)) for o in ops)
    return msg(1, block) + msg(4, num(1, 2000))


def graph(*ops, functions=()):
    nodes = b"".join(msg(1, msg(1, "n%d" % i) + msg(2, op) + msg(5, msg(1, "T") + msg(2, num(6, 1)))) for i, op in enumerate(ops))
    library = b"".join(msg(1, msg(1, msg(1, "f")) + msg(3, msg(1, "inner") + msg(2, op))) for op in functions)
    return nodes + (msg(2, library) if library else b"") + msg(4, num(1, 1900))


# ---- ggml before GGUF ----
def words(n, scored):
    return b"".join(struct.pack("<I", 2) + b"ab" + (bytes(4) if scored else b"") for _ in range(n))


def tensor(name, count, at=None):
    head = struct.pack("<IIII", 1, len(name), 0, count) + name.encode()
    if at is not None:
        head += bytes(-(at + len(head)) % 32)
    return head + bytes(4 * count)


def llama(mark, version, padded):
    data = mark + (struct.pack("<I", version) if version else b"") + struct.pack("<7I", 3, 64, 32, 4, 2, 16, 0) + words(3, bool(version))
    for name in ("tok_embeddings.weight", "norm.weight"):
        data += tensor(name, 8, len(data) if padded else None)
    return data


def whisper(n=3):
    return b"lmgg" + struct.pack("<11I", n, 16, 8, 2, 1, 16, 8, 2, 1, 4, 1) + struct.pack("<II", 4, 5) + bytes(80) + struct.pack("<I", n) + words(n, False)


def models():
    x = json.dumps(xgboost).encode()
    yield "xgb_json", x, "clean", "-", "xgboost"
    yield "xgb_json_pretty", json.dumps(xgboost, indent=1).encode(), "clean", "-", "xgboost"
    yield "xgb_json_cut", x[:-20], "unread", "-", "xgboost"
    yield "no_xgb_json", json.dumps({"learner": {"name": "me"}, "version": [1, 2, 3]}).encode(), "none"
    u = ubj(xgboost)
    yield "xgb_ubj", u, "clean", "-", "xgboost"
    yield "xgb_ubj_cut", u[:-9], "unread", "-", "xgboost"
    yield "xgb_ubj_behind", u + b"\x80\x04K\x01.", "unread", "-", "xgboost"
    yield "xgb_ubj_long", u.replace(b"[$d#L" + struct.pack(">q", 2), b"[$d#L" + struct.pack(">q", 1 << 62)), "unread", "-", "xgboost"
    yield "xgb_ubj_deep", u[:-1] + b"L" + struct.pack(">q", 1) + b"a" + b"[" * 200 + b"]" * 200 + b"}", "unread", "-", "xgboost"
    yield "xgb_binary", xgboost_binary("gbtree"), "unread", "-", "xgboost"
    yield "xgb_binary_dart", xgboost_binary("dart"), "unread", "-", "xgboost"
    yield "no_xgb_binary", xgboost_binary("hello"), "none"
    yield "lgb_text", LIGHTGBM.encode(), "clean", "-", "lightgbm"
    yield "lgb_text_dos", LIGHTGBM.replace("\n", "\r\n").encode(), "clean", "-", "lightgbm"
    yield "lgb_cut", LIGHTGBM[:LIGHTGBM.index("end of trees")].encode(), "unread", "-", "lightgbm"
    yield "no_lgb", b"tree\nis a word\n", "none"
    yield "cat_model", catboost(), "clean", "-", "catboost"
    yield "cat_cut", catboost()[:-10], "unread", "-", "catboost"
    yield "cat_parts", catboost(["text"], bytes(40)), "unread", "-", "catboost"
    yield "cat_behind", catboost(behind=bytes(40)), "unread", "-", "catboost"
    yield "caffe_good", caffe(layer("conv1", "Convolution"), layer("ip1", "InnerProduct")), "clean", "-", "caffe"
    yield "caffe_python", caffe(layer("conv1", "Convolution"), layer("roi", "Python", msg(130, msg(1, "rpn.layer") + msg(2, "Proposal")))), "found", "net-python-layer", "caffe"
    yield "caffe_writes", caffe(layer("out", "HDF5Output")), "found", "net-file-operator", "caffe"
    yield "caffe_old", caffe(msg(2, msg(2, "data") + msg(4, "conv1") + num(5, 4))), "clean", "-", "caffe"
    yield "no_caffe", msg(1, "a name") + msg(9, "more") + bytes(8), "none"
    yield "no_caffe_words", msg(1, "a name of something") + num(5, 1), "none"
    yield "paddle_good", paddle("feed", "conv2d", "fetch"), "clean", "-", "paddle"
    yield "paddle_python", paddle("feed", "py_func"), "found", "net-python-layer", "paddle"
    yield "paddle_loads", paddle("load_combine"), "found", "net-file-operator", "paddle"
    yield "frozen_good", graph("Placeholder", "Const", "MatMul"), "clean", "-", "tensorflow-graph"
    yield "frozen_writes", graph("Placeholder", "WriteFile"), "found", "savedmodel-file-operator", "tensorflow-graph"
    yield "frozen_python", graph("Placeholder", functions=("PyFunc",)), "found", "savedmodel-python-operator", "tensorflow-graph"
    yield "no_frozen", msg(1, msg(1, "name") + msg(2, "lower case")) + num(3, 1), "none"
    yield "no_frozen_text", b"\n\x05hello, this is a text of several words", "none"
    for label, mark, version, padded in (("ggml", b"lmgg", 0, False), ("ggmf", b"fmgg", 1, False), ("ggjt", b"tjgg", 3, True)):
        yield "old_" + label, llama(mark, version, padded), "clean", "-", "ggml"
        yield "old_cut_" + label, llama(mark, version, padded)[:-3], "unread", "-", "ggml"
    yield "old_whisper", whisper(), "clean", "-", "ggml"
    yield "old_other", b"lmgg" + struct.pack("<40I", *range(40)), "unread", "-", "ggml"
    yield "no_old", b"lmgg is not a word but it may begin a text of some length, and this one does.", "none"
    yield "et_good", executorch(), "clean", "-", "executorch"
    yield "et_segment", executorch(segments=[(0, 8)], base=40), "clean", "-", "executorch"
    yield "et_segment_outside", executorch(segments=[(0, 1 << 40)], base=40), "unread", "-", "executorch"
    yield "et_backend", executorch(backends=["QnnBackend"]), "unread", "-", "executorch"
    yield "et_cut", executorch()[:-30], "unread", "-", "executorch"
    yield "no_et", executorch(mark=b"ETOK"), "none"
