"""Attacks by what loaders do with names that look harmless: methods and functions that are kept and run by others, arrays that
joblib reads elsewhere, NumPy types that lie, memory and time without end; and files and functions that formats name.
Called by make_attacks.py with its own builders."""
import base64, json, pickle, struct, tarfile, io

from pickles import P2, P4, blob, glob, stack_global as g, text


def integer(n):
    return b"J" + struct.pack("<i", n)


def long_integer(n):
    b = n.to_bytes(n.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(b)]) + b


def dictionary(*pairs):
    return b"}(" + b"".join(text(key) + value for key, value in pairs) + b"u"


def row(*items):
    return b"(" + b"".join(items) + b"t"


def call(function, *arguments):
    return function + row(*arguments) + b"R"


def made(cls):
    return cls + b")\x81"


def build(thing, state):
    return thing + state + b"b"


def whole(body):
    return P4 + body + b"."


def method(thing, name):
    return call(g("builtins", "getattr"), thing, text(name))


def bag(*pairs):
    """An object with the attributes that are given."""
    return build(call(g("types", "SimpleNamespace")), dictionary(*pairs))


PATH = call(g("pathlib", "PosixPath"), text("/tmp/x"))
CLEAN_METHOD = method(call(g("collections", "Counter")), "keys")
WRITES = method(PATH, "write_text")


def partial(of, *arguments):
    return build(call(g("functools", "partial"), g("builtins", "str")), row(of, row(*arguments), b"}", b"N"))


def dtype(name, flags, fields=b"N", names=b"N", size=-1, align=-1):
    state = row(b"K\x03", text("|"), b"N", names, fields, integer(size), integer(align), integer(flags))
    return build(call(g("numpy", "dtype"), text(name), b"\x89", b"\x88"), state)


def array(of, raw=blob(b"\x08" + bytes(15))):
    empty = call(g("numpy.core.multiarray", "_reconstruct"), g("numpy", "ndarray"), row(b"K\x00"), blob(b"b"))
    return build(empty, row(b"K\x01", row(b"K\x02"), of, b"\x89", raw))


WRAPPER = g("joblib.numpy_pickle", "NumpyArrayWrapper")


def wrapper_state(count=1, dtype_name="f8", more=()):
    kind = build(call(g("numpy", "dtype"), text(dtype_name), b"\x89", b"\x88"), row(b"K\x03", text("<"), b"NNN", integer(-1), integer(-1), b"K\x00"))
    return dictionary(("subclass", g("numpy", "ndarray")), ("shape", row(integer(count))), ("order", text("C")), ("dtype", kind), ("allow_mmap", b"\x88"), *more)


def pickles(pair, one):
    GUARDED, CALL, BOMB = "pickle-guarded-call", "pickle-dangerous-call", "pickle-resource-bomb"
    F = "gadget"

    def held(name, evil, good, rule=GUARDED):
        pair(F, name, lambda e: whole(evil if e else good), rule)

    # Something kept that is run by what looks harmless.
    held("method-that-writes", WRITES, CLEAN_METHOD)
    held("method-evaluates", method(made(g("pandas.core.frame", "DataFrame")), "eval"), method(made(g("pandas.core.frame", "DataFrame")), "mean"))
    held("method-in-a-state", bag(("run", method(PATH, "unlink"))), bag(("run", CLEAN_METHOD)))
    held("method-by-own-new", call(g("sklearn.metrics._dist_metrics", "newObj"), bag(("a", CLEAN_METHOD))),
         call(g("sklearn.metrics._dist_metrics", "newObj"), g("sklearn.metrics._dist_metrics", "EuclideanDistance")))
    held("partial-takes-a-method", partial(CLEAN_METHOD), partial(g("numpy", "log1p")))
    held("partial-of-what-opens", call(g("functools", "partial"), g("xgboost.core", "Booster"), text("/tmp/x")), call(g("functools", "partial"), g("numpy", "log1p"), b"K\x01"))
    held("module-as-function", call(g("numpy.random._pickle", "__generator_ctor"), text("x"), made(g("torch.nn.modules.module", "Module"))),
         call(g("numpy.random._pickle", "__generator_ctor"), text("MT19937"), g("numpy.random._pickle", "__bit_generator_ctor")))
    held("class-that-opens-as-function", call(g("collections", "defaultdict"), g("xgboost.core", "Booster")), call(g("collections", "defaultdict"), g("builtins", "list")))
    held("arguments-long-forgotten", CLEAN_METHOD + b"\x940h\x00\x85\x940" + b")0" * 5000 + g("builtins", "list") + b"h\x01R", CLEAN_METHOD + b"\x940" + b")0" * 5000 + b"h\x00")
    held("seventeenth-argument", call(g("builtins", "slice"), *([b"N"] * 16 + [CLEAN_METHOD])), CLEAN_METHOD + b"0" + call(g("builtins", "slice"), *([b"N"] * 3)))
    held("second-call", made(g("xgboost.core", "Booster")) + b"0" + call(g("xgboost.core", "Booster"), text("/tmp/x")), made(g("xgboost.core", "Booster")) + b"0" + made(g("xgboost.core", "Booster")))
    held("estimator-called", call(g("torch.optim.swa_utils", "AveragedModel"), bag(("a", b"N"))), made(g("torch.optim.swa_utils", "AveragedModel")))
    held("ufunc-called", call(g("numpy", "sqrt"), bag(("sqrt", b"N"))), g("numpy", "sqrt"))
    held("storage-type-is-object", row(text("storage"), bag(), text("0"), text("cpu"), b"K\x04") + b"Q", row(text("storage"), g("torch", "FloatStorage"), text("0"), text("cpu"), b"K\x04") + b"Q")
    held("graph-module", made(g("torchvision.models.feature_extraction", "DualGraphModule")), made(g("torchvision.models.resnet", "ResNet")), "pickle-unknown-call")
    for name in ("__array_interface__", "__array_struct__", "__new__", "__deepcopy__", "__reduce_ex__", "__array__"):
        inside = call(g("collections", "Counter"))
        held("attribute-" + name.strip("_"), bag((name, inside)), bag((name.strip("_"), inside)), "pickle-special-attribute")
    held("attribute-in-escapes", build(call(g("types", "SimpleNamespace")), b"}V\\u005f_array_interface__\n}s"), build(call(g("types", "SimpleNamespace")), b"}V\\u005f_array_\n}s"), "pickle-special-attribute")
    held("attribute-by-memo", text("__array_interface__") + b"\x940" + build(call(g("types", "SimpleNamespace")), b"}h\x00}s"), text("a") + b"\x940" + build(call(g("types", "SimpleNamespace")), b"}h\x00}s"), "pickle-special-attribute")
    pairs = lambda name: b"](" + text(name) + b"}\x86e"
    held("attribute-from-pairs", build(call(g("types", "SimpleNamespace")), call(g("collections", "OrderedDict"), pairs("__array_interface__"))), build(call(g("types", "SimpleNamespace")), call(g("collections", "OrderedDict"), pairs("a"))), "pickle-special-attribute")
    held("attribute-from-lists", build(call(g("types", "SimpleNamespace")), call(g("collections", "OrderedDict"), b"](](" + text("__array_interface__") + b"}ee")), build(call(g("types", "SimpleNamespace")), call(g("collections", "OrderedDict"), b"](](" + text("a") + b"}ee")), "pickle-special-attribute")
    held("tuple-called", call(g("builtins", "tuple"), b"](NNe"), call(g("builtins", "frozenset"), b"](NNe"))
    wide = "__array_interface__".encode("utf-32-le")
    scalar = call(g("numpy.core.multiarray", "scalar"), dtype("U19", 8, size=76, align=4), blob(wide))
    plain = call(g("numpy.core.multiarray", "scalar"), dtype("U19", 8, size=76, align=4), blob("an_array_interface_".encode("utf-32-le")))
    held("attribute-as-numpy-text", build(call(g("types", "SimpleNamespace")), b"}" + scalar + b"}s"), build(call(g("types", "SimpleNamespace")), b"}" + plain + b"}s"), "pickle-special-attribute")

    # NumPy types that lie.
    LIES = "pickle-false-dtype"
    held("objects-denied", array(dtype("O8", 1)), array(dtype("O8", 63), b"]"), LIES)
    held("objects-denied-in-scalar", call(g("numpy.core.multiarray", "scalar"), dtype("O8", 1), blob(b"\x08" + bytes(7))), call(g("numpy.core.multiarray", "scalar"), dtype("f8", 0), blob(bytes(8))), LIES)
    fields = lambda kind, at: dictionary(("a", row(kind, integer(at))))
    held("objects-in-a-field", array(dtype("V8", 16, fields(dtype("O8", 63), 0), row(text("a")), 8, 1)), array(dtype("V8", 27, fields(dtype("O8", 63), 0), row(text("a")), 8, 1), b"]"), LIES)
    held("field-outside", array(dtype("V8", 16, fields(dtype("f8", 0), 1 << 30), row(text("a")), 8, 1)), array(dtype("V8", 16, fields(dtype("f8", 0), 0), row(text("a")), 8, 1)), LIES)
    held("field-below", array(dtype("V8", 16, fields(dtype("f8", 0), -64), row(text("a")), 8, 1)), array(dtype("V16", 16, fields(dtype("f8", 0), 8), row(text("a")), 16, 1)), LIES)
    held("text-of-other-size", array(dtype("S5", 0, size=1 << 30, align=1)), array(dtype("S5", 0, size=5, align=1)), LIES)

    # Memory and time.
    held("bytes-of-a-number", call(g("builtins", "bytearray"), long_integer(1 << 40)), call(g("builtins", "bytearray"), blob(b"abc")))
    held("range-into-list", call(g("builtins", "list"), call(g("builtins", "range"), long_integer(1 << 60))), call(g("builtins", "range"), long_integer(1 << 60)), BOMB)
    held("range-into-set", call(g("builtins", "set"), call(g("builtins", "range"), integer(1 << 30))), call(g("builtins", "set"), call(g("builtins", "range"), integer(9))), BOMB)
    held("fraction-of-exponent", call(g("fractions", "Fraction"), text("1e9999999999")), call(g("fractions", "Fraction"), text("1/3")))
    held("integer-of-decimal", call(g("builtins", "int"), call(g("decimal", "Decimal"), text("1e9999999999"))), call(g("decimal", "Decimal"), text("1e9999999999")))
    held("memo-index", b"Nr\xff\xff\xff\x7f", b"Nr\xff\xff\x00\x00", BOMB)
    held("key-doubles", b"}" + b")" + b"2\x86" * 60 + b"Ns", b"}" + b")" + b"2\x86" * 9 + b"Ns", BOMB)
    held("key-doubles-by-memo", b"})\x94" + b"".join(b"h" + bytes([k]) + b"\x86\x94" for k in range(60)) + b"Ns", b"})\x94" + b"".join(b"h" + bytes([k]) + b"\x86\x94" for k in range(9)) + b"Ns", BOMB)
    held("key-doubles-in-items", b"}(" + b")" + b"2\x86" * 60 + b"NK\x01Nu", b"}(K\x01)" + b"2\x86" * 60 + b"u", BOMB)
    held("key-deep", b"}" + b")" + b"\x85" * 200000 + b"Ns", b"]" + b")" + b"\x85" * 200000 + b"a", BOMB)
    held("member-deep", b"(" + b")" + b"\x85" * 200000 + b"\x91", b"(" + b")" + b"\x85" * 90 + b"\x91", BOMB)

    # Pickles without header or lines, in what the file itself loads.
    short = lambda e: (g("os", "system") if e else g("collections", "Counter")) + text("echo") + b"\x85R."
    load = lambda body: P2 + glob("torch.storage", "_load_from_bytes") + body + b"\x85R."
    pair(F, "loaded-without-header", lambda e: load(blob(short(e))), CALL)
    pair(F, "loaded-behind-none", lambda e: load(blob(b"N0" + short(e))), CALL)
    pair(F, "loaded-after-encoding", lambda e: load(call(glob("_codecs", "encode"), text(short(e).decode("latin1")), text("latin1"))), CALL)
    pair(F, "bytes-without-header", lambda e: whole(blob(short(e))), CALL)
    pair(F, "bytes-in-a-frame", lambda e: whole(blob(b"\x95" + struct.pack("<Q", len(short(e))) + short(e))), CALL)

    # Arrays of joblib that it reads from elsewhere than they seem to stand.
    J = "joblib-desync"

    def hidden(e, thing, state=wrapper_state(), at=6):
        """Eight bytes of numbers that read as opcodes are the start of a text, which hides a call from whoever reads it so."""
        behind = (g("posix", "getpid") if e else g("collections", "Counter")) + b")R0"
        return P4 + thing + state + b"bC" + bytes([at + len(behind)]) + b"A" * at + behind + b"0N."

    makers = {"reconstructor": call(g("copyreg", "_reconstructor"), WRAPPER, g("builtins", "object"), b"N"), "newobj": call(g("copyreg", "__newobj__"), WRAPPER),
              "distance": call(g("sklearn.metrics._dist_metrics", "newObj"), WRAPPER)}
    for name, maker in makers.items():
        pair(J, "made-by-" + name, lambda e: hidden(e, maker), CALL)
    given_back = call(g("torch.jit._pickle", "restore_type_tag"), made(WRAPPER), text("x"))
    pair(J, "given-back", lambda e: hidden(True, given_back) if e else whole(call(g("torch.jit._pickle", "restore_type_tag"), b"]", text("x"))), GUARDED)
    pair(J, "shape-twice", lambda e: hidden(e, made(WRAPPER), wrapper_state(9)[:-1] + text("shape") + row(integer(1)) + b"u"), CALL)
    pair(J, "alignment-zero", lambda e: P4 + made(WRAPPER) + wrapper_state(1, more=(("numpy_array_alignment_bytes", b"K\x00"),)) + b"b\x01\xff" + bytes(8) + (g("posix", "getpid") if e else g("collections", "Counter")) + b")R0N.", CALL)
    body = made(WRAPPER) + wrapper_state() + b"b"
    pair(J, "inside-a-frame", lambda e: b"\x80\x04\x95" + struct.pack("<Q", len(body) + (8 if e else 0)) + body + (b"N0N0N0N0" if e else b"") + bytes(8) + b"0N.", "pickle-frame-straddled")


def formats(pair, one, M):
    archive, keras, layer, dense, pb, onnx, node, tensor, saved, tf_node, npy, tar = (
        M[k] for k in "archive keras layer dense pb onnx onnx_node onnx_tensor saved tf_node npy tar".split())
    CALL, FOREIGN = "pickle-dangerous-call", "keras-foreign-module"
    N = "npy"
    objects = lambda descr: lambda e: npy(descr, "(1,)", one(e))
    for name, descr in (("word", "'object'"), ("escaped", "'\\x7cO'"), ("comma", "'f8,O'"), ("upper", "'O8'"), ("field-word", "[('a', 'object')]"), ("double-quoted", "\"|O\"")):
        pair(N, "objects-" + name, objects(descr), CALL, N)
    header = lambda h: b"\x93NUMPY\x01\x00" + struct.pack("<H", len(h)) + h
    pair(N, "type-twice", lambda e: header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'descr': '|O'}\n") + one(e), CALL, N)
    pair(N, "type-in-a-title", lambda e: header(b"{\"descr\": [((\"'descr': '<f8',\", 'a'), '|O')], 'fortran_order': False, 'shape': (1,)}\n") + one(e), CALL, N)
    pair(N, "pickle-behind", lambda e: npy("'<f8'", "(1,)", bytes(8)) + one(e), CALL, N, "mild")
    pair(N, "array-behind", lambda e: npy("'<f8'", "(1,)", bytes(8)) + npy("'|O'", "(1,)", one(e)), CALL, N, "mild")

    K = "keras"
    for i, where in enumerate(("/etc/hostname", "http://example.org/v.txt", "../v.txt", "gs://bucket/v.txt")):
        cls = ("StringLookup", "TextVectorization", "IntegerLookup", "StringLookup")[i]
        pair(K, "vocabulary-%d" % i, lambda e: keras([layer(cls, vocabulary=where if e else ["a", "b"])]), "keras-file-access", K)
    function = lambda module, name: {"module": module, "class_name": "function", "config": name, "registered_name": "function"}
    pair(K, "function-loads", lambda e: keras([layer("Dense", activation=function("keras.models" if e else "keras.activations", "load_model" if e else "relu"))]), FOREIGN, K)
    pair(K, "function-from-json", lambda e: keras([layer("Dense", activation=function("keras.src.models.model" if e else "keras.src.activations.activations", "model_from_json" if e else "relu"))]), FOREIGN, K)
    pair(K, "class-loads", lambda e: keras([layer("load_model" if e else "Model", "keras.models")]), FOREIGN, K)
    pair(K, "dotted-class", lambda e: keras([layer("layers.Dense" if e else "DTypePolicy", "keras")]), FOREIGN, K)
    code = base64.b64encode(b"\xe3\x01" + bytes(60)).decode()
    pair(K, "code-in-a-list", lambda e: keras([layer("Dense", activation=[code if e else "relu", None, None])]), "keras-lambda", K)

    F = "savedmodel"
    for op in ("TFRecordDatasetV2", "CreateSummaryFileWriter", "DebugIdentity", "RpcCall", "SqlDataset", "CSVDatasetV2", "SnapshotDatasetV2", "DataServiceDatasetV4", "FixedLengthRecordReaderV2",
               "LMDBDataset", "LoadAndRemapMatrix", "SaveDatasetV2", "CacheDatasetV2"):
        pair(F, op.lower(), lambda e: saved([tf_node("a", "Const"), tf_node("b", op if e else "MatMul")]), "savedmodel-file-operator", F)

    X, PATH = "onnx", "onnx-external-path"
    sparse = lambda where: pb(1, tensor(where)) + pb(2, tensor())
    pair(X, "external-in-sparse-attribute", lambda e: onnx([node("Constant", "", pb(1, "value") + pb(22, sparse("../x" if e else "x")))]), PATH, X)
    pair(X, "external-in-sparse-list", lambda e: onnx([node("Constant", "", pb(1, "value") + pb(23, sparse("../x" if e else "x")))]), PATH, X)
    pair(X, "external-in-function-default", lambda e: onnx([node("Relu")], [], pb(25, pb(1, "f") + pb(11, pb(1, "v") + pb(5, tensor("../x" if e else "x"))))), PATH, X)
    pair(X, "compiled-elsewhere", lambda e: onnx([node("EPContext", "com.microsoft", pb(1, "ep_cache_context") + pb(4, "../../x.bin" if e else "x.bin"))]), PATH, X)

    T, OUT = "tar", "archive-path"
    model = archive([("m/data.pkl", pickle.dumps({"a": 1}, 2)), ("m/version", "3\n")])

    def typed(entries, form=tarfile.USTAR_FORMAT):
        b = io.BytesIO()
        with tarfile.open(fileobj=b, mode="w", format=form) as t:
            for name, data, kind, link in entries:
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.size = kind, link, len(data)
                t.addfile(info, io.BytesIO(data))
        return b.getvalue()

    nemo = lambda *more, form=tarfile.USTAR_FORMAT: typed([("model_config.yaml", b"a: 1\n", b"0", ""), ("model_weights.ckpt", model, b"0", ""), *more], form)
    pair(T, "climbs", lambda e: nemo(("../../x.sh" if e else "x.sh", b"echo", b"0", "")), OUT, "nemo")
    pair(T, "absolute", lambda e: nemo(("/tmp/x.sh" if e else "x.sh", b"echo", b"0", "")), OUT, "nemo")
    pair(T, "link-out", lambda e: nemo(("x", b"", b"2", "/etc/hostname" if e else "model_weights.ckpt")), OUT, "nemo")
    pair(T, "hard-link-out", lambda e: nemo(("x", b"", b"1", "../x" if e else "model_weights.ckpt")), OUT, "nemo")
    pair(T, "device", lambda e: nemo(("x", b"", b"3" if e else b"5", "")), OUT, "nemo")
    pair(T, "climbs-in-long-name", lambda e: nemo((("../" if e else "a/") + "x" * 150, b"echo", b"0", ""), form=tarfile.GNU_FORMAT), OUT, "nemo")
    pair(T, "climbs-in-pax", lambda e: nemo((("../" if e else "a/") + "\u00e4" * 150, b"echo", b"0", ""), form=tarfile.PAX_FORMAT), OUT, "nemo")
    pair(T, "contiguous", lambda e: typed([("data.pkl", pickle.dumps([1], 2), b"0", ""), ("b.pkl", one(e), b"7", "")]), CALL, "pickle-tar")
    pair(T, "unknown-type", lambda e: typed([("data.pkl", pickle.dumps([1], 2), b"0", ""), ("b.pkl", one(e), b"Z", "")]), CALL, "pickle-tar")
    pair(T, "second-archive-behind", lambda e: tar([("data.pkl", pickle.dumps([1], 2))]) + (tar([("data.pkl", one(True))]) if e else b""), CALL, "pickle-tar")
    front = lambda e: archive([("archive/data.pkl", one(e)), ("archive/version", "3\n")])
    pair("zip", "whole-archive-in-front", lambda e: front(e) + front(False), CALL, "pytorch", "mild")
    yaml = lambda words: typed([("model_config.yaml", words, b"0", ""), ("model_weights.ckpt", model, b"0", "")])
    pair(T, "hydra-target", lambda e: yaml(b"model:\n  _target_: %s\n  command: echo\n" % (b"os.system" if e else b"torch.nn.Linear")), "config-runs-code", "nemo")
    pair(T, "yaml-python", lambda e: yaml(b"a: !!python/object/apply:%s [echo]\n" % (b"os.system" if e else b"collections.OrderedDict")), "config-runs-code", "nemo")


def add(pair, one, M):
    pickles(pair, one)
    formats(pair, one, M)
