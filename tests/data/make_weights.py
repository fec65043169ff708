#!/usr/bin/env python3
"""The same three tensors in many files, and files with one thing changed. For `warrant artifact` (tests/cli/artifact.bats).

usage: make_weights.py FOLDER [FOLDERS]
writes the files, and models in several files below FOLDERS; prints the weights digests that docs/artifacts.md defines: same, odd

same_*   one model, whatever the file; other_*   another model; bad_*   not whole: there is no weights digest
"""
import collections, hashlib, io, json, os, pickle, struct, sys, types, zipfile

sys.dont_write_bytecode = True
from builders import Folder, archive, pb, varint

out = sys.argv[1]
put = Folder(out).put


def f32(*numbers):
    return struct.pack("<%df" % len(numbers), *numbers)


tensors = {"layer.weight": ((2, 3), f32(1, 2, 3, 4, 5, 6)), "layer.bias": ((2,), f32(7, 8)), "scale": ((), f32(9))}


def safetensors(of, order=None, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name in order or of:
        shape, raw = of[name]
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def npy(shape, raw):
    text = ("{'descr': '<f4', 'fortran_order': False, 'shape': %r, }" % (shape,)).ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + raw


def npz(of, method=zipfile.ZIP_STORED):
    return archive([(name + ".npy", npy(shape, raw)) for name, (shape, raw) in of.items()], method)


# ---- PyTorch's archive, without PyTorch: the names that its pickles use, and persistent ids ----
def fake(module, name):
    m = sys.modules.setdefault(module, types.ModuleType(module))
    thing = type(name, (), {}) if name[0].isupper() else types.FunctionType((lambda *a: None).__code__, {}, name)
    thing.__module__, thing.__qualname__ = module, name
    setattr(m, name, thing)
    return thing


FloatStorage, rebuild = fake("torch", "FloatStorage"), fake("torch._utils", "_rebuild_tensor_v2")


class Storage:
    def __init__(self, key, count):
        self.key, self.count = key, count


class Pickler(pickle._Pickler):
    def persistent_id(self, thing):
        return ("storage", FloatStorage, thing.key, "cpu", thing.count) if isinstance(thing, Storage) else None


class Tensor:
    def __init__(self, storage, first, shape, strides):
        self.args = (storage, first, shape, strides, False, collections.OrderedDict())

    def __reduce__(self):
        return rebuild, self.args


def dense(shape):
    strides, n = [], 1
    for d in reversed(shape):
        strides.insert(0, n)
        n *= d
    return tuple(strides)


def torch(of, wrap=lambda d: d, shared=False, protocol=2, method=zipfile.ZIP_STORED, strides=dense, extra=()):
    named, storages, first = collections.OrderedDict(), [], 0
    total = sum(len(raw) for _, raw in of.values()) // 4
    for i, (name, (shape, raw)) in enumerate(of.items()):
        storage = Storage("0", total) if shared else Storage(str(i), len(raw) // 4)
        named[name] = Tensor(storage, first if shared else 0, shape, strides(shape))
        first += len(raw) // 4
        storages.append(raw)
    if shared:
        storages = [b"".join(storages)]
    text = io.BytesIO()
    Pickler(text, protocol).dump(wrap(named))
    entries = [("m/data.pkl", text.getvalue()), ("m/byteorder", "little")]
    entries += [("m/data/%d" % i, raw) for i, raw in enumerate(storages)] + list(extra) + [("m/version", "3\n")]
    return archive(entries, method)

# ---- PyTorch before its archive: five pickles, then the storages ----
def legacy(of, wrap=lambda d: d, cut=0):
    named, storages = collections.OrderedDict(), []
    for i, (name, (shape, raw)) in enumerate(of.items()):
        named[name] = Tensor(Storage(str(i), len(raw) // 4), 0, shape, dense(shape))
        storages.append(raw)
    text = io.BytesIO()

    class Old(Pickler):
        def persistent_id(self, thing):
            return ("storage", FloatStorage, thing.key, "cpu", thing.count, None) if isinstance(thing, Storage) else None

    Old(text, 2).dump(wrap(named))
    data = b"".join(pickle.dumps(v, 2) for v in (0x1950a86a20f9469cfc6c, 1001, {"protocol_version": 1001, "little_endian": True})) + text.getvalue()
    data += pickle.dumps([str(i) for i in range(len(storages))], 2) + b"".join(struct.pack("<Q", len(raw) // 4) + raw for raw in storages)
    return data[:len(data) - cut]


# ---- ONNX ----
def onnx(of, packed=False, external=None):
    graph = b""
    for name, (shape, raw) in of.items():
        place = pb(13, pb(1, b"location") + pb(2, external)) + b"\x70\x01" if external else pb(4, raw) if packed else pb(9, raw)
        graph += pb(5, b"".join(b"\x08" + varint(d) for d in shape) + b"\x10\x01" + pb(8, name.encode()) + place)
    return b"\x08\x08" + pb(2, b"made here") + pb(7, pb(1, pb(1, b"x") + pb(2, b"y") + pb(4, b"Identity")) + pb(2, b"g") + graph) + pb(8, b"\x10\x11")


put("same_a.safetensors", safetensors(tensors))
put("same_turned.safetensors", safetensors(tensors, list(tensors)[::-1], {"note": "packed anew", "licence": "apache-2.0"}))
put("same.npz", npz(tensors))
put("same_packed.npz", npz(tensors, zipfile.ZIP_DEFLATED))
put("same.pt", torch(tensors))
put("same_4.pt", torch(tensors, protocol=4))
put("same_shared.pt", torch(tensors, shared=True))
put("same_packed.pt", torch(tensors, method=zipfile.ZIP_DEFLATED))

put("same_legacy.pt", legacy(tensors))
put("same.onnx", onnx(tensors))
put("same_floats.onnx", onnx(tensors, packed=True))

changed = dict(tensors, scale=((), f32(10)))
put("other_number.safetensors", safetensors(changed))
put("other_number.pt", torch(changed))
put("other_shape.safetensors", safetensors(dict(tensors, **{"layer.weight": ((3, 2), tensors["layer.weight"][1])})))
renamed = {"layer.w" if name == "layer.weight" else name: value for name, value in tensors.items()}
put("other_name.safetensors", safetensors(renamed))
put("other_strides.pt", torch(tensors, strides=lambda shape: dense(shape)[::-1] if len(shape) != 2 else (1, 2)))
put("other_storage.pt", torch(tensors, extra=[("m/data/99", b"nobody names this")]))
put("other_nested.pt", torch(tensors, wrap=lambda d: {"state": d, "epoch": 3}))

put("other_nested_legacy.pt", legacy(tensors, wrap=lambda d: {"state": d, "epoch": 3}))
put("other_number.onnx", onnx(changed))
put("bad_short.safetensors", safetensors(tensors)[:-1])
put("bad_storage.pt", torch(tensors).replace(b"m/data/1", b"m/dataX1"))
many = {"t%d" % i: (tensors["layer.weight"]) for i in range(4000)}
text = {name: {"dtype": "F32", "shape": [6000], "data_offsets": [0, 24000]} for name in many}
head = json.dumps(text).encode()
put("bad_shared.safetensors", struct.pack("<Q", len(head)) + head + bytes(24000))

odd = {"back\\slash": ((1,), f32(1)), "line\nend": ((1,), f32(2)), "nul\0x": ((0, 5), b""), "grün": ((1, 1, 1), f32(3))}
put("odd_names.safetensors", safetensors(odd))


# ---- a model in shards, and folders that differ from it by one thing ----
def folder(name, files):
    for path, data in files.items() if len(sys.argv) > 2 else ():
        os.makedirs(os.path.join(sys.argv[2], name), exist_ok=True)
        with open(os.path.join(sys.argv[2], name, path), "wb") as f:
            f.write(data)


def shards(of, place=None, extra=None):
    files, where = {}, {}
    for i, name in enumerate(of):
        path = "model-%05d-of-%05d.safetensors" % (i + 1, len(of))
        files[path] = safetensors({name: of[name]})
        where[name] = path
    where.update(place or {})
    files["model.safetensors.index.json"] = json.dumps({"metadata": {"total_size": 36}, "weight_map": where}).encode()
    files["config.json"] = b'{"architectures": ["TinyModel"]}'
    return {**files, **(extra or {})}


folder("sharded", shards(tensors))
folder("sharded_again", shards(tensors))
folder("sharded_other", shards(changed, extra={"notes.txt": b"one number is new"}))
folder("sharded_lies", shards(tensors, place={"scale": "model-00001-of-00003.safetensors"}))
folder("sharded_lost", shards(tensors, place={"nowhere": "model-00001-of-00003.safetensors"}))
folder("sharded_outside", shards(tensors, place={"scale": "../same_a.safetensors"}))
folder("cut", {"model.pt": legacy(tensors, cut=3)})
folder("external", {"model.onnx": onnx(tensors, external=b"weights.bin")})
folder("single", {"model.safetensors": safetensors(tensors), "config.json": b'{"architectures": ["TinyModel"]}'})


def weights(of):
    digest = hashlib.sha256(b"warrant-weights-1\n")
    for name in sorted(of, key=str.encode):
        shape, raw = of[name]
        escaped = name.encode().replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\0", b"\\0")
        digest.update(b"%s\0F32\0%s\0%s\n" % (escaped, ",".join(map(str, shape)).encode(), hashlib.sha256(raw).hexdigest().encode()))
    return digest.hexdigest()


print(weights(tensors), weights(odd))
