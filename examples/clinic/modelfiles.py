"""Small, valid model files, written byte by byte: no framework is needed and nothing is ever loaded or run.

Every function returns bytes, the same ones each time.
"""
import hashlib
import io
import json
import struct
import zipfile


def noise(name, size):
    """Bytes that look like weights: SHA-256 of the name and a counter."""
    out = bytearray()
    n = 0
    while len(out) < size:
        out += hashlib.sha256(f"{name} {n}".encode()).digest()
        n += 1
    return bytes(out[:size])


def stored_zip(members):
    """A ZIP without compression and with the one date that ZIP begins with, so that it is the same each time."""
    buf = io.BytesIO()
    with zipfile.ZipFile(buf, "w", zipfile.ZIP_STORED) as z:
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            z.writestr(info, data)
    return buf.getvalue()


# --- safetensors: u64 length, JSON header, tensors ---------------------------------------------------------------

def safetensors(name, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for tensor, shape in tensors:
        count = 1
        for n in shape:
            count *= n
        header[tensor] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 4 * count]}
        data += noise(name + tensor, 4 * count)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


# --- GGUF version 3 ----------------------------------------------------------------------------------------------

def gguf(name, pairs, tensors):
    def text(s):
        s = s.encode()
        return struct.pack("<Q", len(s)) + s

    def value(v):
        if isinstance(v, bool):
            return struct.pack("<IB", 7, v)
        if isinstance(v, int):
            return struct.pack("<II", 4, v)
        if isinstance(v, float):
            return struct.pack("<If", 6, v)
        if isinstance(v, list):
            return struct.pack("<IIQ", 9, 8, len(v)) + b"".join(text(s) for s in v)
        return struct.pack("<I", 8) + text(v)

    q4_0, block, bytes_a_block, align = 2, 32, 18, 32
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for key, v in pairs:
        out += text(key) + value(v)
    data = b""
    for tensor, shape in tensors:
        count = 1
        for n in shape:
            count *= n
        out += text(tensor) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in shape)
        out += struct.pack("<IQ", q4_0, len(data))
        data += noise(name + tensor, count // block * bytes_a_block)
        data += b"\0" * (-len(data) % align)
    out += b"\0" * (-len(out) % align)
    return out + data


# --- pickle opcodes ----------------------------------------------------------------------------------------------

def p_global(module, name):
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


def p_text(s):
    s = s.encode()
    return b"X" + struct.pack("<I", len(s)) + s


def p_int(n):
    return b"K" + bytes([n]) if n < 256 else b"J" + struct.pack("<i", n)


def p_tuple(*items):
    return b"(" + b"".join(items) + b"t"


def p_bytes(data):
    return b"B" + struct.pack("<I", len(data)) + data


def p_call(function, *arguments):
    return function + p_tuple(*arguments) + b"R"


def tensor(key, shape):
    """torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)"""
    count = 1
    for n in shape:
        count *= n
    stride, step = [], 1
    for n in reversed(shape):
        stride.insert(0, step)
        step *= n
    storage = p_tuple(p_text("storage"), p_global("torch", "FloatStorage"), p_text(key), p_text("cpu"), p_int(count)) + b"Q"
    return p_call(p_global("torch._utils", "_rebuild_tensor_v2"), storage, p_int(0), p_tuple(*map(p_int, shape)),
                  p_tuple(*map(p_int, stride)), b"\x89", p_call(p_global("collections", "OrderedDict")))


def state_dict(entries):
    items = b"".join(p_text(name) + tensor(str(i), shape) for i, (name, shape) in enumerate(entries))
    return p_call(p_global("collections", "OrderedDict")) + b"(" + items + b"u"


def pytorch_zip(top, entries, planted=b""):
    """What torch.save writes since 1.6. `planted` is a pickle expression whose value is thrown away."""
    pickle = b"\x80\x02" + (planted + b"0" if planted else b"") + state_dict(entries) + b"."
    members = [(f"{top}/data.pkl", pickle), (f"{top}/byteorder", b"little")]
    for i, (name, shape) in enumerate(entries):
        count = 1
        for n in shape:
            count *= n
        members.append((f"{top}/data/{i}", noise(top + name, 4 * count)))
    members.append((f"{top}/version", b"3\n"))
    return stored_zip(members)


def numpy_array(name, count):
    """The pickle of a float64 array: numpy.core.multiarray._reconstruct and its state."""
    dtype = p_call(p_global("numpy", "dtype"), p_text("f8"), b"\x89", b"\x88") + p_tuple(
        p_int(3), p_text("<"), b"N", b"N", b"N", b"J\xff\xff\xff\xff", b"J\xff\xff\xff\xff", p_int(0)) + b"b"
    base = p_call(p_global("numpy.core.multiarray", "_reconstruct"), p_global("numpy", "ndarray"),
                  p_tuple(p_int(0)), p_bytes(b"b"))
    return base + p_tuple(p_int(1), p_tuple(p_int(count)), dtype, b"\x89", p_bytes(noise(name, 8 * count))) + b"b"


def sklearn_pickle(name, module, klass, features, protocol=3):
    """A scikit-learn estimator as pickle.dump leaves it: a class, copyreg._reconstructor and a dictionary."""
    made = p_call(p_global("copyreg", "_reconstructor"), p_global(module, klass), p_global("builtins", "object"), b"N")
    state = b"}(" + p_text("C") + b"G" + struct.pack(">d", 1.0) + p_text("n_features_in_") + p_int(features)
    state += p_text("coef_") + numpy_array(name, features) + p_text("_sklearn_version") + p_text("1.3.2") + b"u"
    return b"\x80" + bytes([protocol]) + made + state + b"b."


def joblib(name, features):
    """joblib.dump without compression: a pickle whose arrays are NumpyArrayWrapper objects, each followed by the
    array's bytes in the middle of the stream."""
    wrapper = p_call(p_global("joblib.numpy_pickle", "NumpyArrayWrapper"))
    wrapper += b"}(" + p_text("subclass") + p_global("numpy", "ndarray") + p_text("shape") + p_tuple(p_int(features))
    wrapper += p_text("order") + p_text("C") + p_text("dtype") + p_call(p_global("numpy", "dtype"), p_text("f8"), b"\x89", b"\x88")
    wrapper += p_text("allow_mmap") + b"\x88" + p_text("numpy_array_alignment_bytes") + p_int(16) + b"ub"
    head = b"\x80\x03" + p_call(p_global("copyreg", "_reconstructor"),
                                p_global("sklearn.preprocessing._data", "StandardScaler"), p_global("builtins", "object"), b"N")
    head += b"}(" + p_text("mean_") + wrapper
    pad = 16 - (len(head) + 1) % 16
    array = bytes([pad]) + b"\xff" * pad + noise(name, 8 * features)
    return head + array + p_text("_sklearn_version") + p_text("1.3.2") + b"ub."


# --- NumPy -------------------------------------------------------------------------------------------------------

def npy(name, rows, columns):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + noise(name, 4 * rows * columns)


# --- protobuf: ONNX and SavedModel -------------------------------------------------------------------------------

def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def pb(field, value):
    if isinstance(value, int):
        return varint(field << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(field << 3 | 2) + varint(len(value)) + value


def onnx(name):
    def io_tensor(label):
        dims = pb(1, pb(1, 1)) + pb(1, pb(1, 64))
        return pb(1, label) + pb(2, pb(1, pb(1, 1) + pb(2, dims)))
    weight = pb(1, 64) + pb(1, 4) + pb(2, 1) + pb(8, "weight") + pb(9, noise(name, 4 * 64 * 4))
    node = pb(1, "input") + pb(1, "weight") + pb(2, "output") + pb(3, "score") + pb(4, "MatMul")
    graph = pb(1, node) + pb(2, name) + pb(5, weight) + pb(11, io_tensor("input")) + pb(12, io_tensor("output"))
    return pb(1, 8) + pb(2, "linden-export") + pb(3, "1.4.0") + pb(5, 3) + pb(7, graph) + pb(8, pb(1, "") + pb(2, 17))


def saved_model(name):
    node = pb(1, "serving_default_input") + pb(2, "Placeholder")
    info = pb(4, "serve") + pb(5, "2.15.0") + pb(6, "v2.15.0-rc1-8-g6887368d6d4")
    return pb(1, 1) + pb(2, pb(1, info) + pb(2, pb(1, node) + pb(4, pb(1, 1645))))


# --- TFLite: a flatbuffer with the identifier TFL3 ---------------------------------------------------------------

def tflite(description):
    text = description.encode()
    # Model: version, operator_codes, subgraphs, description
    vtable = struct.pack("<HHHHHH", 12, 12, 4, 0, 0, 8)
    out = struct.pack("<I", 20) + b"TFL3" + vtable          # root offset, identifier, vtable at 8
    out += struct.pack("<iII", 12, 3, 4)                     # table at 20: vtable 12 before, version 3, string 4 ahead
    return out + struct.pack("<I", len(text)) + text + b"\0" * (4 - len(text) % 4)


# --- HDF5: superblock version 0 and a root group with attributes -------------------------------------------------

def hdf5(attributes):
    undefined = b"\xff" * 8

    def pad8(b):
        return b + b"\0" * (-len(b) % 8)

    def message(kind, body):
        body = pad8(body)
        return struct.pack("<HHBBBB", kind, len(body), 0, 0, 0, 0) + body

    def attribute(name, value):
        name, value = name.encode() + b"\0", value.encode()
        datatype = struct.pack("<BBBBI", 0x13, 0, 0, 0, len(value))
        dataspace = struct.pack("<BBBB4x", 1, 0, 0, 0)
        body = struct.pack("<BBHHH", 1, 0, len(name), len(datatype), len(dataspace))
        return message(0x000C, body + pad8(name) + pad8(datatype) + pad8(dataspace) + value)

    messages = [message(0x0002, b"\0\0" + undefined + undefined), message(0x000A, b"\0\0")]
    messages += [attribute(*a) for a in attributes]
    body = b"".join(messages)
    header = struct.pack("<BBHII4x", 1, 0, len(messages), 1, len(body)) + body
    end = 96 + len(header)
    block = b"\x89HDF\r\n\x1a\n" + struct.pack("<BBBBBBBBHHI", 0, 0, 0, 0, 0, 8, 8, 0, 4, 16, 0)
    block += struct.pack("<Q", 0) + undefined + struct.pack("<Q", end) + undefined
    block += struct.pack("<QQII16x", 0, 96, 0, 0)
    return block + header


KERAS_CONFIG = json.dumps({
    "module": "keras", "class_name": "Sequential", "registered_name": None,
    "config": {"name": "triage_edge", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 64], "dtype": "float32", "name": "input"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "score", "units": 4, "activation": "softmax"}}]}})


def keras_h5():
    return hdf5([("keras_version", "2.15.0"), ("backend", "tensorflow"), ("model_config", KERAS_CONFIG)])


def keras_zip():
    metadata = json.dumps({"keras_version": "3.4.1", "date_saved": "2026-05-11@09:00:00"})
    return stored_zip([("metadata.json", metadata.encode()), ("config.json", KERAS_CONFIG.encode()),
                       ("model.weights.h5", hdf5([("backend", "tensorflow")]))])
