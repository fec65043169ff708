#!/usr/bin/env python3
"""Writes small model files of every format that is read, good and bad, and files that are no models.

usage: make_models.py FOLDER

FOLDER/index.tsv has a line a file: name, expectation, rule, format. The expectation is clean, found (the rule must be
found), unread (the file must be incomplete) or none (the file must not be taken for a model).
"""
import gzip, io, json, pickle, struct, sys, tarfile, zipfile, zlib

sys.dont_write_bytecode = True
from builders import Folder, archive, pb, varint

out = sys.argv[1]
folder = Folder(out)


def put(name, data, expectation, rule="-", form="-"):
    folder.put(name, data, expectation, rule, form)


# ---- safetensors ----
def safetensors(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


S = "safetensors"
two = {"__metadata__": {"format": "pt", "license": "apache-2.0", "base_model": "acme/base-7b"}, "a": tensor("F16", [2, 3], 0, 12), "b": tensor("F32", [1], 12, 16)}
put("st_good", safetensors(two, bytes(16)), "clean", "-", S)
put("st_scalar", safetensors({"a": tensor("BF16", [], 0, 2)}, bytes(2)), "clean", "-", S)
put("st_zero", safetensors({"a": tensor("F32", [0, 5], 0, 0)}, b""), "clean", "-", S)
put("st_empty", safetensors(b"{}"), "clean", "-", S)
put("st_padded", safetensors(json.dumps(two).encode() + b"   ", bytes(16)), "clean", "-", S)
put("st_overlap", safetensors({"a": tensor("F32", [2], 0, 8), "b": tensor("F32", [2], 4, 12)}, bytes(12)), "found", "safetensors-overlap", S)
put("st_gap", safetensors({"a": tensor("F32", [1], 0, 4), "b": tensor("F32", [1], 8, 12)}, bytes(12)), "found", "safetensors-hidden-data", S)
put("st_gap_first", safetensors({"a": tensor("F32", [1], 4, 8)}, bytes(8)), "found", "safetensors-hidden-data", S)
put("st_trailing", safetensors(two, bytes(17)), "found", "safetensors-hidden-data", S)
put("st_short", safetensors(two, bytes(15)), "found", "safetensors-malformed", S)
put("st_out_of_range", safetensors({"a": tensor("F32", [1 << 40], 0, 1 << 42)}, bytes(8)), "found", "safetensors-malformed", S)
put("st_wrong_size", safetensors({"a": tensor("F32", [3], 0, 8)}, bytes(8)), "found", "safetensors-malformed", S)
put("st_reversed", safetensors({"a": tensor("F32", [1], 4, 0)}, bytes(4)), "found", "safetensors-malformed", S)
put("st_negative", safetensors({"a": tensor("F32", [-1], 0, 4)}, bytes(4)), "found", "safetensors-malformed", S)
put("st_float_shape", safetensors({"a": tensor("F32", [1.5], 0, 4)}, bytes(4)), "found", "safetensors-malformed", S)
put("st_overflow", safetensors({"a": tensor("F32", [1 << 33, 1 << 33], 0, 4)}, bytes(4)), "found", "safetensors-malformed", S)
put("st_no_dtype", safetensors({"a": {"shape": [1], "data_offsets": [0, 4]}}, bytes(4)), "found", "safetensors-malformed", S)
put("st_new_dtype", safetensors({"a": tensor("Q77", [1], 0, 4)}, bytes(4)), "unread", "-", S)
put("st_duplicate", safetensors(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)), "found", "safetensors-malformed", S)
put("st_bad_json", safetensors(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]', bytes(4)), "found", "safetensors-malformed", S)
put("st_deep", safetensors(b'{"__metadata__":' + b"[" * 5000 + b"]" * 5000 + b"}"), "found", "safetensors-malformed", S)
put("st_metadata_number", safetensors({"__metadata__": {"a": 1}, "b": tensor("U8", [1], 0, 1)}, b"x"), "found", "safetensors-malformed", S)
put("st_claims_2_63", safetensors(two, bytes(16), 1 << 63), "found", "safetensors-malformed", S)
put("st_claims_more", safetensors(two, bytes(16), 100000), "found", "safetensors-malformed", S)

# ---- GGUF ----
G = "gguf"


def gs(s):
    b = s.encode() if isinstance(s, str) else s
    return struct.pack("<Q", len(b)) + b


def gkv(key, kind, value):
    return gs(key) + struct.pack("<I", kind) + value


def gtensor(name, dims, kind, offset):
    return gs(name) + struct.pack("<I", len(dims)) + b"".join(struct.pack("<Q", d) for d in dims) + struct.pack("<IQ", kind, offset)


def gguf(pairs, tensors, data=b"", version=3, pair_count=None, tensor_count=None, alignment=32):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors) if tensor_count is None else tensor_count, len(pairs) if pair_count is None else pair_count)
    head += b"".join(pairs) + b"".join(tensors)
    return head + bytes(-len(head) % alignment) + data


base = [gkv("general.architecture", 8, gs("llama")), gkv("general.file_type", 4, struct.pack("<I", 15)), gkv("general.license", 8, gs("apache-2.0")),
        gkv("llama.context_length", 4, struct.pack("<I", 8192)), gkv("general.base_model.0.name", 8, gs("Base 7B")),
        gkv("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 3) + gs("a") + gs("b") + gs("c")),
        gkv("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 2) + bytes(8)),
        gkv("tokenizer.chat_template", 8, gs("{% for m in messages %}{{ m['content'] }}{% endfor %}"))]
weights = [gtensor("a.weight", [32, 2], 0, 0), gtensor("b.weight", [256], 12, 256)]
put("gguf_good", gguf(base, weights, bytes(256 + 144)), "clean", "-", G)
put("gguf_v2", gguf(base, weights, bytes(256 + 144), 2), "clean", "-", G)
put("gguf_empty", gguf([], []), "clean", "-", G)
put("gguf_aligned_64", gguf(base + [gkv("general.alignment", 4, struct.pack("<I", 64))], weights, bytes(256 + 144), alignment=64), "clean", "-", G)
put("gguf_v1", gguf(base, weights, bytes(400), 1), "unread", "-", G)
put("gguf_v9", gguf(base, weights, bytes(400), 9), "unread", "-", G)
put("gguf_big_endian", b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "unread", "-", G)
put("gguf_tensors_2_63", gguf(base, weights, bytes(400), tensor_count=1 << 63), "found", "gguf-malformed", G)
put("gguf_pairs_2_63", gguf(base, weights, bytes(400), pair_count=1 << 63), "found", "gguf-malformed", G)
put("gguf_array_2_63", gguf([gkv("x", 9, struct.pack("<IQ", 8, 1 << 63))], []), "found", "gguf-malformed", G)
put("gguf_string_2_63", gguf([gs("x") + struct.pack("<IQ", 8, (1 << 63) - 1)], []), "found", "gguf-malformed", G)
nested = struct.pack("<IQ", 9, 1) * 200 + struct.pack("<IQ", 0, 0)
put("gguf_nested_arrays", gguf([gkv("x", 9, nested)], []), "found", "gguf-malformed", G)
put("gguf_past_end", gguf(base, weights, bytes(256 + 143)), "found", "gguf-tensor-range", G)
put("gguf_offset_huge", gguf(base, [gtensor("a", [32], 0, (1 << 64) - 32)], bytes(400)), "found", "gguf-tensor-range", G)
put("gguf_hidden_end", gguf(base, weights, bytes(256 + 144 + 500)), "found", "gguf-hidden-data", G)
put("gguf_hidden_between", gguf(base, [gtensor("a", [8], 0, 0), gtensor("b", [8], 0, 4096)], bytes(4096 + 32)), "found", "gguf-hidden-data", G)
put("gguf_overlap", gguf(base, [gtensor("a", [64], 0, 0), gtensor("b", [64], 0, 32)], bytes(400)), "found", "gguf-tensor-range", G)
put("gguf_unaligned", gguf(base, [gtensor("a", [8], 0, 4)], bytes(400)), "found", "gguf-tensor-range", G)
put("gguf_part_block", gguf(base, [gtensor("a", [33], 2, 0)], bytes(400)), "found", "gguf-tensor-range", G)
put("gguf_overflow", gguf(base, [gtensor("a", [1 << 40, 1 << 40], 0, 0)], bytes(400)), "found", "gguf-malformed", G)
put("gguf_five_dims", gguf(base, [gtensor("a", [1] * 5, 0, 0)], bytes(400)), "found", "gguf-malformed", G)
put("gguf_tensor_twice", gguf(base, [gtensor("a", [8], 0, 0), gtensor("a", [8], 0, 32)], bytes(400)), "found", "gguf-malformed", G)
put("gguf_key_twice", gguf(base + base[:1], weights, bytes(400)), "found", "gguf-malformed", G)
put("gguf_new_type", gguf(base, [gtensor("a", [8], 200, 0)], bytes(400)), "unread", "-", G)
put("gguf_alignment_3", gguf(base + [gkv("general.alignment", 4, struct.pack("<I", 3))], weights, bytes(400)), "found", "gguf-malformed", G)


def template(text):
    return gguf([gkv("general.architecture", 8, gs("llama")), gkv("tokenizer.chat_template", 8, gs(text))], [])


put("template_class", template("{{ ''.__class__.__mro__ }}"), "found", "template-reaches-out", G)
put("template_attr", template("{{ x|attr('__globals__') }}"), "found", "template-reaches-out", G)
put("template_hex", template("{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}"), "found", "template-reaches-out", G)
put("template_block", template("{% set y = cycler.__init__.__globals__ %}"), "found", "template-reaches-out", G)
put("template_frame", template("{{ gen.gi_frame.f_builtins }}"), "found", "template-reaches-out", G)
put("template_text", template("Use __init__ and __class__ as you like. {% if add_generation_prompt %}<|assistant|>{% endif %}{{ raise_exception('x') }}"), "clean", "-", G)
put("template_filter", template("{{ x | attr(request.args.a) }}"), "found", "template-reaches-out", G)
put("template_private", template("{{ self._TemplateReference__context }}"), "found", "template-reaches-out", G)
put("template_token", template("{{ '__user__' + message['content'] + '__end__' }}{{ loop.attr_x }}{% if a|length > 1 %}_b{% endif %}"), "clean", "-", G)
put("template_open", template("{{ a "), "unread", "-", G)


# ---- NumPy ----
def npy(descr, shape, data, version=1, pad=True):
    h = ("{'descr': %s, 'fortran_order': False, 'shape': %s, }" % (descr, shape)).encode()
    h += b" " * (-(len(h) + 11) % 64) + b"\n" if pad else b""
    return b"\x93NUMPY" + bytes([version, 0]) + (struct.pack("<H", len(h)) if version == 1 else struct.pack("<I", len(h))) + h + data


N = "npy"
put("npy_good", npy("'<f8'", "(2, 3)", bytes(48)), "clean", "-", N)
put("npy_v2", npy("'<f4'", "(3,)", bytes(12), 2), "clean", "-", N)
put("npy_scalar", npy("'<i8'", "()", bytes(8)), "clean", "-", N)
put("npy_text", npy("'<U5'", "(2,)", bytes(40)), "clean", "-", N)
put("npy_struct", npy("[('a', '<f8'), ('b', '<i4')]", "(2,)", bytes(24)), "clean", "-", N)
put("npy_objects", npy("'|O'", "(1,)", pickle.dumps([1, 2], 4)), "clean", "-", N)
put("npy_objects_bad", npy("'|O'", "(1,)", b"cos\nsystem\n(S'x'\ntR."), "found", "pickle-dangerous-call", N)
put("npy_struct_objects_bad", npy("[('a', '<f8'), ('b', '|O')]", "(1,)", b"cos\nsystem\n(S'x'\ntR."), "found", "pickle-dangerous-call", N)
put("npy_short", npy("'<f8'", "(9,)", bytes(48)), "found", "numpy-bad-header", N)
put("npy_long", npy("'<f8'", "(1,)", bytes(48)), "found", "numpy-bad-header", N)
put("npy_overflow", npy("'<f8'", "(4294967296, 4294967296)", bytes(8)), "found", "numpy-bad-header", N)
put("npy_no_shape", b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f8'}\n", "found", "numpy-bad-header", N)
put("npy_header_cut", b"\x93NUMPY\x01\x00\xff\xff{'descr'", "found", "numpy-bad-header", N)


# ---- zip ----
T = "pytorch"
bad = b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R."
good = pickle.dumps({"a": 1}, 2)
plain = [("m/data.pkl", good), ("m/version", "3\n"), ("m/data/0", bytes(16))]
whole = archive(plain)
put("zip_good", whole, "clean", "-", T)
put("zip_other_pickle", archive(plain + [("m/notes.txt", bad)]), "found", "pickle-dangerous-call", T)
put("zip_nested", archive(plain + [("m/deep.bin", archive([("x/data.pkl", bad), ("x/version", "3")]))], zipfile.ZIP_DEFLATED), "found", "pickle-dangerous-call", T)
renamed = whole.replace(b"m/data.pkl", b"m/dump.pkl", 1)
put("zip_local_name", renamed, "found", "zip-names-disagree", T)
put("zip_crc", whole.replace(good, good[:-2] + b"x."), "found", "zip-bad-checksum", T)
put("zip_prefix", b"#!/bin/sh\necho\n" + whole, "found", "zip-hidden-data", T)
put("zip_suffix", whole + b"more behind", "found", "zip-hidden-data", T)
import warnings
warnings.simplefilter("ignore")
put("zip_twice", archive(plain + [("m/data.pkl", bad)]), "found", "zip-duplicate-entry", T)
put("zip_twice_bad", archive([("m/data.pkl", bad)] + plain), "found", "pickle-dangerous-call", T)
flagged = bytearray(whole)
flagged[6] |= 1
at = flagged.index(b"PK\x01\x02")
flagged[at + 8] |= 1
put("zip_flag_encrypted", bytes(flagged), "found", "zip-encrypted", T)
put("zip_flag_one_side", bytes(flagged[:6]) + whole[6:7] + bytes(flagged[7:]), "found", "zip-names-disagree", T)
half = whole[:len(whole) // 3]
put("zip_cut", half, "unread", "-", T)
bomb = archive([("m/data.pkl", b"\x80\x04" + b"N0" * (40 << 20) + b"N."), ("m/version", "3")], zipfile.ZIP_DEFLATED)
put("zip_bomb", bomb, "found", "zip-bomb", T)
put("zip_hidden_entry", whole[:whole.index(b"PK\x01\x02")] + archive([("m/data.pkl", bad)])[:60] + whole[whole.index(b"PK\x01\x02"):], "found", "zip-hidden-data", T)
script = [("m/data.pkl", b"\x80\x02c__torch__.net\nNet\n)\x81N}b."), ("m/code/__torch__/net.py", "class Net(Module):\n  def forward(self, x): return torch.relu(x)\n"), ("m/constants.pkl", b"\x80\x02)."), ("m/version", "3")]
put("script_good", archive(script).replace(b"N}b", b"N0}"), "found", "zip-bad-checksum", "torchscript")
script[0] = ("m/data.pkl", b"\x80\x02c__torch__.net\nNet\n)\x81}b.")
put("script_clean", archive(script), "clean", "-", "torchscript")
put("script_saves", archive(script + [("m/code/__torch__/evil.py", "def f(x):\n  _0 = torch.save(x, '/tmp/y')\n")]), "found", "torchscript-file-access", "torchscript")
put("script_name_elsewhere", b"\x80\x02c__torch__.net\nNet\n)\x81}b.", "found", "pickle-unknown-call", "pickle")
put("npz_good", archive([("a.npy", npy("'<f8'", "(2,)", bytes(16)))]), "clean", "-", "npz")
put("npz_bad", archive([("a.npy", npy("'<f8'", "(2,)", bytes(16))), ("b.npy", npy("'|O'", "(1,)", bad))], zipfile.ZIP_DEFLATED), "found", "pickle-dangerous-call", "npz")
put("npz_hidden_pickle", archive([("a.npy", npy("'<f8'", "(2,)", bytes(16))), ("b.npy", bad)]), "found", "pickle-dangerous-call", "npz")
put("pickles_zip", archive([("weights.bin", bad)]), "found", "pickle-dangerous-call", "pickle-zip")


# ---- Keras ----
def keras(layers, extra=()):
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": layers}, "registered_name": None}
    return archive([("metadata.json", '{"keras_version": "3.1.0"}'), ("config.json", json.dumps(config)), ("model.weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(64))] + list(extra))


def layer(cls, module="keras.layers", registered=None, **config):
    return {"module": module, "class_name": cls, "config": dict(name=cls.lower(), **config), "registered_name": registered}


K = "keras"
dense = layer("Dense", units=3, activation="relu", kernel_initializer=layer("GlorotUniform", "keras.initializers"), dtype=layer("DTypePolicy", "keras"))
put("keras_good", keras([dense]), "clean", "-", K)
put("keras_lambda", keras([dense, layer("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wEAAAA="}})]), "found", "keras-lambda", K)
put("keras_foreign", keras([layer("Popen", "subprocess")]), "found", "keras-foreign-module", K)
put("keras_config_gadget", keras([layer("enable_unsafe_deserialization", "keras.config")]), "found", "keras-foreign-module", K)
put("keras_utils_gadget", keras([layer("get_file", "keras.utils")]), "found", "keras-foreign-module", K)
put("keras_custom", keras([layer("Mine", None, "Acme>Mine")]), "found", "keras-foreign-module", K)
put("keras_torch", keras([layer("TorchModuleWrapper")]), "found", "keras-lambda", K)
put("keras_pickle", keras([dense], [("assets/x.bin", bad)]), "found", "pickle-dangerous-call", K)
put("keras_ops", keras([dense, layer("Add", "keras.src.ops.numpy")]), "clean", "-", K)
put("keras_tf_function", keras([layer("TFOpLambda", function="math.add")]), "clean", "-", K)
put("keras_tf_io", keras([layer("TFOpLambda", function="io.write_file")]), "found", "keras-foreign-module", K)
put("keras_bad_json", archive([("metadata.json", "{}"), ("config.json", "{nothing")]), "unread", "-", K)


# ---- tar ----
def tar(entries, form=tarfile.USTAR_FORMAT):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w", format=form) as t:
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return b.getvalue()


put("nemo_good", tar([("./model_config.yaml", b"a: 1\n"), ("./model_weights.ckpt", whole)]), "clean", "-", "nemo")
put("nemo_bad", tar([("model_config.yaml", b"a: 1\n"), ("model_weights.ckpt", archive([("m/data.pkl", bad), ("m/version", "3")]))], tarfile.PAX_FORMAT), "found", "pickle-dangerous-call", "nemo")
put("tar_bad", tar([("data.pkl", bad)], tarfile.GNU_FORMAT), "found", "pickle-dangerous-call", "pickle-tar")
put("tar_cut", tar([("data.pkl", good + b" " * 5000)])[:3000], "unread", "-", "pickle-tar")
put("nemo_gz", gzip.compress(tar([("./model_config.yaml", b"a: 1\n"), ("./model_weights.ckpt", archive([("m/data.pkl", bad), ("m/version", "3")]))])), "found", "pickle-dangerous-call", "packed-archive")
put("tar_gz_bad", gzip.compress(tar([("data.pkl", bad)])), "found", "pickle-dangerous-call", "packed-archive")
put("tar_gz_good", gzip.compress(tar([("data.pkl", good)])), "clean", "-", "packed-archive")
put("tar_gz_cut", gzip.compress(tar([("data.pkl", good), ("b.bin", b"".join(struct.pack("<I", i * 2654435761 & 0xffffffff) for i in range(100000)))]))[:-4000], "unread", "-", "packed-archive")
put("no_tar_gz_of_source", gzip.compress(tar([("pkg-1/setup.py", b"x"), ("pkg-1/test.pkl", good)])), "none")
put("no_tar_gz_of_text", gzip.compress(tar([("a/b.txt", b"x" * 5000)])), "none")
put("no_tar_of_text", tar([("a.txt", b"hello"), ("b/c.txt", b"hello")]), "none")
put("no_tar_of_source", tar([("pkg-1/setup.py", b"x"), ("pkg-1/test.pkl", good)]), "none")

# ---- skops ----
def skops(module, cls, content=None, loader="ObjectNode"):
    words = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": "\"l2\"", "is_json": True}
    return archive([("schema.json", json.dumps({"__class__": cls, "__module__": module, "__loader__": loader, "content": content or {"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": {"penalty": words, "none": {"__class__": "NoneType", "__module__": "builtins", "__loader__": "JsonNode"}, "t": {"__class__": "dtype[float64]", "__module__": "numpy", "__loader__": "DTypeNode"}}}, "protocol": 1}))])


put("skops_good", skops("sklearn.linear_model._logistic", "LogisticRegression"), "clean", "-", "skops")
put("skops_foreign", skops("acme.steps", "Divide"), "found", "skops-foreign-type", "skops")
put("skops_system", skops("builtins", "function", {"module_path": "os", "function": "system"}, "FunctionNode"), "found", "skops-foreign-type", "skops")
put("skops_operator", skops("operator", "methodcaller", {"attrs": []}, "OperatorFuncNode"), "found", "skops-foreign-type", "skops")

# ---- protobuf: ONNX, SavedModel ----
def onnx_tensor(location=None, dims=(2, 3)):
    t = b"".join(pb(1, d) for d in dims) + pb(2, 1) + pb(8, "w")
    if location is not None:
        t += pb(13, pb(1, "location") + pb(2, location)) + pb(13, pb(1, "offset") + pb(2, "0")) + pb(14, 1)
    return t


def onnx(nodes, tensors=(), more=b""):
    g = b"".join(pb(1, n) for n in nodes) + pb(2, "graph") + b"".join(pb(5, t) for t in tensors)
    return pb(1, 8) + pb(2, "pytorch") + pb(3, "2.0") + pb(7, g) + pb(8, pb(2, 17)) + more


def onnx_node(op, domain="", attribute=b""):
    return pb(1, "x") + pb(2, "y") + pb(3, "n") + pb(4, op) + (pb(7, domain) if domain else b"") + (pb(5, attribute) if attribute else b"")


O = "onnx"
put("onnx_good", onnx([onnx_node("Relu"), onnx_node("FusedMatMul", "com.microsoft")], [onnx_tensor()]), "clean", "-", O)
put("onnx_packed_dims", onnx([onnx_node("Relu")], [pb(1, b"\x02\x03") + pb(2, 10)]), "clean", "-", O)
put("onnx_beside", onnx([onnx_node("Relu")], [onnx_tensor("weights/model.bin")]), "clean", "-", O)
for i, where in enumerate(["../../etc/hostname", "/etc/hostname", "a/../../b", "C:\\x", "..\\x", "file:///x", "~/x", ".."]):
    put("onnx_escape_%d" % i, onnx([onnx_node("Relu")], [onnx_tensor(where)]), "found", "onnx-external-path", O)
put("onnx_escape_in_attribute", onnx([onnx_node("Constant", "", pb(1, "value") + pb(5, onnx_tensor("../x")))]), "found", "onnx-external-path", O)
put("onnx_escape_in_subgraph", onnx([onnx_node("If", "", pb(1, "then_branch") + pb(6, pb(1, onnx_node("Relu")) + pb(2, "g") + pb(5, onnx_tensor("../x"))))]), "found", "onnx-external-path", O)
put("onnx_escape_in_training", onnx([onnx_node("Relu")], [], pb(20, pb(2, pb(2, "g") + pb(5, onnx_tensor("../x"))))), "found", "onnx-external-path", O)
put("onnx_custom", onnx([onnx_node("Fancy", "acme.ops")]), "found", "onnx-custom-operator", O)
put("onnx_custom_in_function", onnx([onnx_node("Relu")], [], pb(25, pb(1, "f") + pb(7, onnx_node("Fancy", "acme.ops")))), "found", "onnx-custom-operator", O)
put("onnx_python", onnx([onnx_node("PyOp", "ai.onnx.contrib")]), "found", "onnx-python-operator", O)
deep = pb(1, onnx_node("Relu"))
for i in range(200):
    deep = pb(1, onnx_node("If", "", pb(6, deep)))
put("onnx_deep", pb(1, 8) + pb(7, deep) + pb(8, pb(2, 17)), "unread", "-", O)
put("onnx_broken_node", onnx([onnx_node("Relu"), b"\x22\xff\xff\xff\xff\x0f"]), "unread", "-", O)


def saved(nodes, functions=(), version=True):
    graph = b"".join(pb(1, n) for n in nodes)
    if functions:
        graph += pb(2, b"".join(pb(1, pb(1, pb(1, "f")) + b"".join(pb(3, n) for n in f)) for f in functions))
    return (pb(1, 1) if version else b"") + pb(2, pb(1, pb(4, "serve") + pb(5, "2.15.0")) + pb(2, graph + pb(4, pb(1, 1766))))


def tf_node(name, op):
    return pb(1, name) + pb(2, op) + pb(5, pb(1, "dtype") + pb(2, pb(6, 1)))


F = "savedmodel"
put("saved_good", saved([tf_node("a", "Const"), tf_node("b", "MatMul")], [[tf_node("c", "Relu")]]), "clean", "-", F)
put("saved_good_no_version", saved([tf_node("a", "Const")], (), False), "clean", "-", F)
put("saved_read", saved([tf_node("a", "Const"), tf_node("r", "ReadFile")]), "found", "savedmodel-file-operator", F)
put("saved_write_in_function", saved([tf_node("a", "Const")], [[tf_node("w", "WriteFile")]]), "found", "savedmodel-file-operator", F)
put("saved_pyfunc", saved([tf_node("a", "Const"), tf_node("p", "PyFunc")]), "found", "savedmodel-python-operator", F)


# ---- TFLite: a FlatBuffer written from front to back, offsets filled in afterwards ----
class Flat:
    def __init__(self):
        self.b = bytearray(struct.pack("<I", 0) + b"TFL3")

    def table(self, fields):
        """fields: bytes in place, or a function that writes something and returns where."""
        while len(self.b) % 4:
            self.b += b"\0"
        at_fields = len(self.b)
        body, offsets = b"", []
        for f in fields:
            offsets.append(0 if f is None else 4 + len(body))
            body += b"" if f is None else (f + bytes(-len(f) % 4) if isinstance(f, bytes) else bytes(4))
        self.b += struct.pack("<HH", 4 + 2 * len(fields), 4 + len(body)) + b"".join(struct.pack("<H", o) for o in offsets)
        while len(self.b) % 4:
            self.b += b"\0"
        at = len(self.b)
        self.b += struct.pack("<i", at - at_fields) + body
        for f, o in zip(fields, offsets):
            if f is not None and not isinstance(f, bytes):
                to = f()
                self.b[at + o:at + o + 4] = struct.pack("<I", to - (at + o))
        return at

    def items(self, makers):
        def write():
            while len(self.b) % 4:
                self.b += b"\0"
            at = len(self.b)
            self.b += struct.pack("<I", len(makers)) + bytes(4 * len(makers))
            for i, make in enumerate(makers):
                here = at + 4 + 4 * i
                self.b[here:here + 4] = struct.pack("<I", make() - here)
            return at
        return write

    def ints(self, numbers):
        def write():
            while len(self.b) % 4:
                self.b += b"\0"
            at = len(self.b)
            self.b += struct.pack("<I", len(numbers)) + b"".join(struct.pack("<i", n) for n in numbers)
            return at
        return write

    def text(self, s):
        def write():
            while len(self.b) % 4:
                self.b += b"\0"
            at = len(self.b)
            self.b += struct.pack("<I", len(s)) + s.encode() + b"\0"
            return at
        return write


def tflite(custom=None, buffer=1, opcode=0, tensor=0):
    f = Flat()
    code = lambda: f.table([b"\x20" if custom else b"\x00", f.text(custom) if custom else None, None, struct.pack("<i", 32 if custom else 0)])
    one = lambda: f.table([f.ints([2, 3]), b"\0", struct.pack("<I", buffer), f.text("t")])
    op = lambda: f.table([struct.pack("<I", opcode), f.ints([tensor]), f.ints([0])])
    graph = lambda: f.table([f.items([one]), f.ints([0]), f.ints([0]), f.items([op])])
    root = f.table([struct.pack("<I", 3), f.items([code]), f.items([graph]), f.text("made here"), f.items([lambda: f.table([None]), lambda: f.table([f.text("data" * 6)])])])
    f.b[0:4] = struct.pack("<I", root)
    return bytes(f.b)


L = "tflite"
put("tflite_good", tflite(), "clean", "-", L)
put("tflite_custom", tflite("Fancy"), "found", "tflite-custom-operator", L)
put("tflite_flex", tflite("FlexErf"), "clean", "-", L)
put("tflite_flex_file", tflite("FlexWriteFile"), "found", "savedmodel-file-operator", L)
put("tflite_flex_python", tflite("FlexPyFunc"), "found", "savedmodel-python-operator", L)
put("tflite_buffer", tflite(buffer=9), "found", "tflite-malformed", L)
put("tflite_opcode", tflite(opcode=9), "found", "tflite-malformed", L)
put("tflite_tensor", tflite(tensor=9), "found", "tflite-malformed", L)
put("tflite_cut", tflite()[:-60], "found", "tflite-malformed", L)
put("tflite_root_table", struct.pack("<I", 12) + b"TFL3" + bytes(4) + b"\xff" * 40, "found", "tflite-malformed", L)


# ---- HDF5: a superblock and a root group with attributes ----
def h5_attribute(name, text, variable=None):
    name = name.encode() + b"\0"
    if variable is None:
        kind, data = struct.pack("<BBBBI", 0x13, 0, 0, 0, len(text)), text
    else:
        kind, data = struct.pack("<BBBBI", 0x19, 1, 0, 0, 16) + struct.pack("<BBBBI", 0x13, 0, 0, 0, 1), struct.pack("<IQI", len(text), variable, 1)
    space = struct.pack("<BBBB4x", 1, 0, 0, 0)
    pad = lambda b: b + bytes(-len(b) % 8)
    body = struct.pack("<BxHHH", 1, len(name), len(kind), len(space)) + pad(name) + pad(kind) + pad(space) + data
    return struct.pack("<HHB3x", 0x0c, len(pad(body)), 0) + pad(body)


def h5(attributes, extra=b""):
    at = 96
    messages = b"".join(attributes)
    head = b"\x89HDF\r\n\x1a\n" + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0) + struct.pack("<QQQQ", 0, (1 << 64) - 1, at + 16 + len(messages), (1 << 64) - 1)
    head += struct.pack("<QQII16x", 0, at, 0, 0)
    return head + struct.pack("<BxHII4x", 1, len(attributes), 1, len(messages)) + messages + extra


def h5_config(cls):
    return json.dumps({"class_name": "Sequential", "config": {"layers": [{"class_name": cls, "config": {"name": "x"}}]}}).encode()


H = "keras-h5"
put("h5_good", h5([h5_attribute("keras_version", b"2.9.0"), h5_attribute("model_config", h5_config("Dense"))]), "clean", "-", H)
put("h5_lambda", h5([h5_attribute("model_config", h5_config("Lambda"))]), "found", "keras-lambda", H)
short = h5([h5_attribute("model_config", h5_config("Lambda"), 1)])
heap = b"GCOL\x01\0\0\0" + struct.pack("<Q", 4096) + struct.pack("<HHIQ", 1, 1, 0, len(h5_config("Lambda"))) + h5_config("Lambda")
put("h5_lambda_in_heap", h5([h5_attribute("model_config", h5_config("Lambda"), len(short))], heap + bytes(-len(heap) % 8 + 16)), "found", "keras-lambda", H)
put("h5_heap_elsewhere", h5([h5_attribute("model_config", h5_config("Lambda"), 1 << 60)]), "unread", "-", H)
put("h5_weights", h5([h5_attribute("layer_names", b"dense"), h5_attribute("keras_version", b"2.9.0")]), "clean", "-", H)
put("h5_continued", h5([h5_attribute("keras_version", b"2.9.0"), struct.pack("<HHB3xQQ", 0x10, 16, 0, 1 << 50, 64)]), "unread", "-", H)
loop = struct.pack("<HHB3xQQ", 0x10, 16, 0, 112, 24)
put("h5_continued_in_a_circle", h5([loop, h5_attribute("keras_version", b"2.9.0")]), "unread", "-", H)
put("no_h5", h5([h5_attribute("title", b"measurements")]), "none")

# ---- known by content ----
put("coreml", b"\x08\x04\x12\x02\x0a\x00\xa2\x1f\x0a" + bytes(10), "found", "coreml-malformed", "coreml")
put("tensorrt", b"ftrt" + bytes(60), "unread", "-", "tensorrt")
put("rds", b"X\n\0\0\0\x03\0\x04\x01\x00\0\x03\x05\0" + bytes(20), "unread", "-", "rds")
put("rds_gz", gzip.compress(b"X\n\0\0\0\x03\0\x04\x01\x00\0\x03\x05\0" + bytes(20)), "unread", "-", "rds")
put("pmml", b'<?xml version="1.0"?>\n<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/></PMML>', "clean", "-", "pmml")
put("pmml_entity", b'<?xml version="1.0"?>\n<!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<PMML version="4.4"><Header>&x;</Header></PMML>', "found", "pmml-external-entity", "pmml")
put("openvino", b'<?xml version="1.0"?>\n<net name="m" version="11">\n<layers><layer id="0"/></layers></net>', "clean", "-", "openvino")
put("llamafile", b"MZqFpD='\n" + bytes(5000) + archive([("m.gguf", gguf([], []))]), "found", "llamafile-executable", "llamafile")

put("llamafile_template", b"MZqFpD='\n" + bytes(5000) + archive([("m.gguf", template("{{ ''.__class__ }}"))]), "found", "template-reaches-out", "llamafile")

# ---- no models ----
put("no_zip", archive([("a.txt", "hello"), ("b/c.txt", "hello")]), "none")
put("no_zip_big", archive([("f%d.txt" % i, "x" * i) for i in range(700)]), "none")
put("no_jar", archive([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("a/B.class", b"\xca\xfe\xba\xbe")]), "none")
put("no_docx", archive([("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")], zipfile.ZIP_DEFLATED), "none")
put("no_wheel", archive([("pkg/__init__.py", ""), ("pkg/test.pkl", good), ("pkg-1.dist-info/METADATA", "Name: pkg\n")]), "none")
put("no_zip_json", archive([("config.json", "{}"), ("readme.md", "x")]), "none")
put("no_hdf5", b"\x89HDF\r\n\x1a\n" + bytes(2000), "none")
put("no_protobuf", b"\x0a\x05hello\x12\x05world\x18\x01", "none")
put("no_protobuf_version", b"\x08\x01\x12\x05hello", "none")
put("no_gzip", gzip.compress(b"hello world, this is a text\n" * 100), "none")
put("no_zlib", zlib.compress(b"hello world, this is a text\n" * 100), "none")
put("no_xml", b'<?xml version="1.0"?>\n<!-- PMML --><html><PMML/></html>', "none")
put("no_net", b'<net name="fishing"/>', "none")
put("no_elf", b"\x7fELF" + bytes(9000), "none")
put("no_elf_zip", b"\x7fELF" + bytes(9000) + archive([("a.txt", "x")]), "none")
put("no_json", json.dumps({"dtype": "F32", "data_offsets": [0, 1]}).encode(), "none")
put("no_text_gguf", b"GGUF files hold models.\n", "none")
put("no_empty_zip", archive([]), "none")
put("no_tar", bytes(1024), "none")

folder.index()
