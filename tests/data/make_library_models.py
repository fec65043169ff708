#!/usr/bin/env python3
"""Writes harmless model files with the libraries that people use: scikit-learn, joblib, NumPy, SciPy, pandas, PyTorch,
h5py, and Python's own pickle. Nothing here is an attack, so a finding in any of these files is a false alarm.

usage: make_library_models.py FOLDER

FOLDER/index.tsv has a line a file: name, "clean", "-", format or "-". What is not installed is named on the standard
error output and left out. Run it with the system's Python: that is where Debian puts the libraries.
"""
import array, bz2, collections, datetime, decimal, fractions, gzip, lzma, pathlib, pickle, random, re, sys, types, uuid, warnings, zlib

sys.dont_write_bytecode = True
warnings.simplefilter("ignore")
from builders import Folder

out = sys.argv[1]
folder = Folder(out)
counts = collections.Counter()


def put(library, name, data, form="-"):
    folder.put(name, data, "clean", "-", form)
    counts[library] += 1


def path(library, name, form="-"):
    counts[library] += 1
    return folder.file(name, "clean", "-", form)


def missing(library, error):
    print("make_library_models: %s is not installed (%s)" % (library, error), file=sys.stderr)


# ---- Python itself ----
python_things = {
    "state": {"weights": [0.1, 0.2], "step": 7, "name": "m", "raw": b"\0\1" * 40, "none": None},
    "ordered": collections.OrderedDict([("w", [1.0]), ("b", [2.0])]),
    "counter": collections.Counter("abracadabra"),
    "defaultdict": collections.defaultdict(list, {"a": [1]}),
    "deque": collections.deque(range(9), 5),
    "times": [datetime.datetime(2026, 1, 2, 3, 4), datetime.date(2026, 1, 2), datetime.timedelta(days=2), datetime.timezone.utc],
    "numbers": [decimal.Decimal("1.5"), fractions.Fraction(3, 7), 1j, 1 << 300, float("inf")],
    "sets": [{1, 2}, frozenset("ab"), range(3), slice(1, 2), bytearray(b"xy")],
    "paths": [pathlib.PurePosixPath("/models/x.bin"), pathlib.PosixPath("a/b")],
    "regex": re.compile(r"^layer\.\d+$", re.I),
    "ids": uuid.UUID(int=7),
    "array": array.array("d", [1.0, 2.0]),
    "random": random.Random(3),
    "namespace": types.SimpleNamespace(lr=0.1, steps=[1, 2]),
    "functions": [len, sum, int, dict, str, max],
    "deep": (lambda d: [d := [d] for _ in range(300)][-1])([]),
    "texts": ["os.system('x')", "import os; eval('1')", "cos\nsystem\n", "https://example.org/model", "__class__", "<script>"],
    "errors": [ValueError("bad"), KeyError("k"), RuntimeError("r", 1), StopIteration()],
}
for name, thing in python_things.items():
    for protocol in (0, 2, 4, 5):
        put("python", "python_%s_%d.pkl" % (name, protocol), pickle.dumps(thing, protocol), "pickle")
whole = pickle.dumps(python_things["state"], 4)
for word, packed in (("gz", gzip.compress(whole)), ("bz2", bz2.compress(whole)), ("xz", lzma.compress(whole)), ("z", zlib.compress(whole))):
    put("python", "python_packed." + word, packed, "compressed-pickle")


# ---- NumPy ----
def with_numpy():
    import numpy as np

    rng = np.random.RandomState(0)
    arrays = {
        "f8": rng.rand(4, 3), "f4": rng.rand(5).astype("f4"), "f2": rng.rand(5).astype("f2"), "i1": np.arange(9, dtype="i1"),
        "u8": np.arange(9, dtype="u8"), "bool": np.array([True, False]), "c16": np.array([1j, 2.0]), "text": np.array(["a", "bcd"]),
        "bytes": np.array([b"a", b"bcd"]), "dates": np.array(["2026-01-01"], "M8[D]"), "deltas": np.array([3], "m8[s]"),
        "struct": np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), "nested": np.array([((1, 2.0), 3)], [("a", [("x", "i4"), ("y", "f4")]), ("b", "i8")]),
        "objects": np.array([1, "two", None, [3]], object), "empty": np.empty((0, 3)), "scalar": np.array(5.0), "fortran": np.asfortranarray(rng.rand(3, 4)),
        "big_endian": np.arange(4, dtype=">i4"), "masked": np.ma.array([1.0, 2.0], mask=[0, 1]), "matrix": np.matrix([[1, 2], [3, 4]]),
        "record": np.rec.array([(1, "x")], dtype=[("a", "i4"), ("b", "U3")]),
    }
    for name, a in arrays.items():
        if type(a) is np.ndarray:
            np.save(path("numpy", "numpy_%s.npy" % name, "npy"), a)
        for protocol in (2, 5):
            put("numpy", "numpy_%s_%d.pkl" % (name, protocol), pickle.dumps(a, protocol))
    plain = {k: v for k, v in arrays.items() if type(v) is np.ndarray}
    np.savez(path("numpy", "numpy_all.npz", "npz"), **plain)
    np.savez_compressed(path("numpy", "numpy_packed.npz", "npz"), **plain)
    others = {"scalars": [np.float32(1), np.int64(2), np.bool_(True), np.str_("x"), np.datetime64("2026-01-01")], "dtypes": [np.dtype("f8"), np.dtype([("a", "i4")]), np.float16],
              "state": rng, "generator": np.random.default_rng(1), "ufuncs": [np.exp, np.add, np.log1p], "poly": np.poly1d([1, 2]), "cheb": np.polynomial.Chebyshev([1, 2]),
              "functions": [np.mean, np.std, np.max, np.abs]}
    for name, thing in others.items():
        put("numpy", "numpy_%s.pkl" % name, pickle.dumps(thing))


# ---- SciPy, pandas ----
def with_scipy():
    import numpy as np, scipy.sparse, scipy.interpolate, scipy.spatial

    m = scipy.sparse.random(9, 9, 0.3, random_state=0)
    for form in ("csr", "csc", "coo", "lil", "dok", "bsr", "dia"):
        put("scipy", "scipy_%s.pkl" % form, pickle.dumps(m.asformat(form)))
    scipy.sparse.save_npz(path("scipy", "scipy_sparse.npz", "npz"), m.tocsr())
    x = np.linspace(0, 1, 9)
    things = {"interp1d": scipy.interpolate.interp1d(x, x ** 2), "cubic": scipy.interpolate.CubicSpline(x, x ** 2), "spline": scipy.interpolate.make_interp_spline(x, x ** 2),
              "nearest": scipy.interpolate.interp1d(x, x ** 2, "nearest"), "quadratic": scipy.interpolate.interp1d(x, x ** 2, "quadratic"),
              "kdtree": scipy.spatial.KDTree(np.c_[x, x]), "ckdtree": scipy.spatial.cKDTree(np.c_[x, x]), "pchip": scipy.interpolate.PchipInterpolator(x, x)}
    for name, thing in things.items():
        put("scipy", "scipy_%s.pkl" % name, pickle.dumps(thing))


def with_pandas():
    import numpy as np, pandas as pd

    frame = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, None, 1.5], "c": list("xyz"), "d": pd.Categorical(["u", "v", "u"]),
                          "e": pd.to_datetime(["2026-01-01"] * 3), "f": pd.array([1, None, 3], "Int64"), "g": pd.array([True, None, False], "boolean")})
    things = {"frame": frame, "series": frame.b, "index": frame.set_index(["a", "c"]), "dates": pd.date_range("2026-01-01", periods=3), "zones": pd.date_range("2026-01-01", periods=3, tz="UTC"),
              "periods": pd.period_range("2026-01", periods=3, freq="M"), "intervals": pd.interval_range(0, 3), "deltas": pd.to_timedelta([1, 2], "s"),
              "stamp": pd.Timestamp("2026-01-01"), "delta": pd.Timedelta("1s"), "nothing": [pd.NA, pd.NaT], "text": pd.Series(list("ab"), dtype="string"), "sparse": pd.Series(pd.arrays.SparseArray([0, 0, 1]))}
    for name, thing in things.items():
        for protocol in (2, 5):
            put("pandas", "pandas_%s_%d.pkl" % (name, protocol), pickle.dumps(thing, protocol))
    frame.to_pickle(path("pandas", "pandas_to_pickle.pkl.gz", "compressed-pickle"), compression="gzip")


# ---- scikit-learn ----
def estimators():
    import numpy as np
    from sklearn.utils import all_estimators
    from sklearn.linear_model import LogisticRegression, Ridge

    rng = np.random.RandomState(0)
    X = np.abs(rng.rand(40, 4)) + 0.1
    y = (X[:, 0] + X[:, 1] > 1.1).astype(int)
    small = dict(n_estimators=3, max_iter=50, n_components=2, n_init=1, cv=2, n_neighbors=3)
    special = {"estimator": LogisticRegression(), "estimators": [("a", LogisticRegression()), ("b", LogisticRegression(C=2))], "base_estimator": None, "regressor": Ridge(),
               "transformers": [("a", "passthrough", [0])], "steps": [("lr", LogisticRegression())], "transformer_list": [("a", "passthrough")],
               "param_grid": {"C": [0.5, 1.0]}, "param_distributions": {"C": [0.5, 1.0]}, "dictionary": rng.rand(2, 4)}
    for name, cls in all_estimators():
        wants = cls.__init__.__code__.co_varnames[1:cls.__init__.__code__.co_argcount + cls.__init__.__code__.co_kwonlyargcount] if hasattr(cls.__init__, "__code__") else ()
        have = {k: v for k, v in small.items() if k in wants and not (k == "n_components" and "Random" in name)}
        if name.endswith(("Regressor", "RegressorChain")) and "estimator" in wants:
            have["estimator"] = Ridge()
        if name.endswith("Regressor") and "estimators" in wants:
            have["estimators"] = [("a", Ridge()), ("b", Ridge(alpha=2))]
        required = {k: v for k, v in special.items() if k in wants and k not in have and k in getattr(cls, "_required_parameters", ())}
        have.update(required)
        try:
            model = cls(**{**have, **{k: special[k] for k in ("param_grid", "param_distributions", "transformers", "steps", "transformer_list", "dictionary", "estimators") if k in wants and k not in have}})
        except Exception:
            try:
                model = cls()
            except Exception:
                continue
        target = np.c_[y, 1 - y] if name.startswith("Multi") and "Task" in name or name in ("ClassifierChain", "MultiOutputClassifier", "RegressorChain", "MultiOutputRegressor") else y
        for data in (X, X[:, 0], [["a", "b"]] * 3, ["some words", "more words"], [{"a": 1}, {"a": 2}]):
            try:
                model = model.fit(data, target[:len(data)])
                break
            except Exception:
                pass
        yield name, model, X, y


def with_sklearn():
    import joblib
    import numpy as np
    import sklearn

    fitted = 0
    for i, (name, model, X, y) in enumerate(estimators()):
        fitted += any(k.endswith("_") and not k.startswith("_") for k in vars(model))
        put("sklearn", "sklearn_%s.pkl" % name, pickle.dumps(model, (0, 2, 4, 5)[i % 4]))
        joblib.dump(model, path("joblib", "joblib_%s.joblib" % name), compress=[0, 3, ("gzip", 3), ("bz2", 3), ("xz", 1), ("lzma", 1)][i % 6], protocol=(None, 2, 4, 5)[i % 4])
    print("%d estimators fitted" % fitted)
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.gaussian_process import GaussianProcessRegressor, kernels

    for protocol in range(6):
        put("sklearn", "sklearn_pipeline_%d.pkl" % protocol, pickle.dumps(make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), RandomForestClassifier(3)).fit(X, y), protocol))
    put("sklearn", "sklearn_kernel.pkl", pickle.dumps(GaussianProcessRegressor(kernels.RBF() + kernels.WhiteKernel() * 2).fit(X, y)))
    joblib.dump({"a": X, "b": [X, X.astype("f4")], "c": np.array(["x", None], object), "d": np.array([(1, 2.0)], [("p", "i4"), ("q", "f8")])}, path("joblib", "joblib_arrays.joblib", "joblib"))
    for compress in (0, 1, 9, "zlib", "gzip", "bz2", "lzma", "xz", "lz4"):
        try:
            joblib.dump([X, y, {"k": X}], path("joblib", "joblib_compress_%s.joblib" % compress), compress=compress if compress != "lz4" else ("lz4", 3))
        except ValueError:  # lz4 is a package of its own
            counts["joblib"] -= 1
            folder.rows.pop()


# ---- PyTorch ----
def with_torch():
    import torch
    from torch import nn

    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3), nn.Dropout(0.1), nn.LogSoftmax(1))
    modules = {"net": net, "lstm": nn.LSTM(3, 4), "gru": nn.GRU(3, 4, 2, bidirectional=True), "transformer": nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2), "embedding": nn.Embedding(9, 3),
               "attention": nn.MultiheadAttention(8, 2), "norms": nn.ModuleDict({"a": nn.LayerNorm(3), "b": nn.GroupNorm(1, 3)}), "losses": nn.ModuleList([nn.CrossEntropyLoss(), nn.MSELoss(), nn.SmoothL1Loss()]),
               "spectral": nn.utils.spectral_norm(nn.Linear(3, 3)), "weight_norm": nn.utils.weight_norm(nn.Linear(3, 3)), "pools": nn.Sequential(nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.AvgPool1d(2)),
               "activations": nn.ModuleList([nn.GELU(), nn.SiLU(), nn.PReLU(), nn.Tanh(), nn.Hardswish(), nn.Mish()])}
    for name, m in modules.items():
        torch.save(m.state_dict(), path("torch", "torch_%s_state.pt" % name, "pytorch"))
        torch.save(m, path("torch", "torch_%s_whole.pt" % name, "pytorch"))
        torch.save(m, path("torch", "torch_%s_legacy.pt" % name, "pytorch-legacy"), _use_new_zipfile_serialization=False)
    tensors = [torch.rand(3).to(t) for t in (torch.float32, torch.float16, torch.bfloat16, torch.int8, torch.uint8, torch.int64, torch.bool, torch.complex64)]
    for i, t in enumerate(tensors):
        torch.save({"t": t, "p": nn.Parameter(t.float()) if t.is_floating_point() else None}, path("torch", "torch_tensor_%d.pt" % i, "pytorch"))
    torch.save([torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0]), torch.quantize_per_tensor(torch.rand(3), 0.1, 0, torch.qint8), torch.Size([1, 2]), torch.device("cpu"), torch.float16],
               path("torch", "torch_kinds.pt", "pytorch"))
    put("torch", "torch_tensor.pkl", pickle.dumps(tensors, 4))
    for cls in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad):
        o = cls(net.parameters(), lr=0.1)
        s = torch.optim.lr_scheduler.StepLR(o, 3)
        torch.save({"epoch": 3, "model": net.state_dict(), "optimizer": o.state_dict(), "scheduler": s.state_dict(), "rng": torch.get_rng_state(), "args": {"lr": 0.1, "path": pathlib.PosixPath("x")}},
                   path("torch", "torch_checkpoint_%s.ckpt" % cls.__name__, "pytorch"))
        torch.save(o, path("torch", "torch_optimizer_%s.pt" % cls.__name__, "pytorch"))
    for name in ("net", "lstm", "embedding"):
        torch.jit.script(modules[name]).save(path("torch", "torch_script_%s.pt" % name, "torchscript"))
    torch.jit.trace(net.eval(), torch.rand(1, 1, 4, 4)).save(path("torch", "torch_trace.pt", "torchscript"))
    quantized = torch.quantization.quantize_dynamic(nn.Sequential(nn.Linear(3, 3), nn.ReLU()), {nn.Linear}, dtype=torch.qint8)
    torch.save(quantized.state_dict(), path("torch", "torch_quantized_state.pt", "pytorch"))
    torch.save(quantized, path("torch", "torch_quantized.pt", "pytorch"))


# ---- h5py, in the manner of Keras ----
def with_h5py():
    import h5py, json
    import numpy as np

    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 3, "activation": "relu"}}]}}
    for i, options in enumerate(({}, {"libver": "latest"})):
        with h5py.File(path("h5py", "h5py_model_%d.h5" % i, "keras-h5"), "w", **options) as f:
            f.attrs["keras_version"] = "2.11.0"
            f.attrs["backend"] = "tensorflow"
            f.attrs["model_config"] = json.dumps(config)
            g = f.create_group("model_weights/d")
            g.create_dataset("kernel:0", data=np.ones((3, 3), "f4"), compression="gzip" if i == 1 else None)
    with h5py.File(path("h5py", "h5py_weights.h5", "keras-h5"), "w") as f:
        f.attrs["layer_names"] = [b"dense"]
        f.attrs["backend"] = b"tensorflow"
        f.attrs["keras_version"] = b"2.11.0"
        f.create_dataset("dense/kernel:0", data=np.ones((3, 3)))


for library, make in (("numpy", with_numpy), ("scipy", with_scipy), ("pandas", with_pandas), ("sklearn", with_sklearn), ("torch", with_torch), ("h5py", with_h5py)):
    try:
        make()
    except ImportError as e:
        missing(library, e)
folder.index()
print(", ".join("%s %d" % c for c in sorted(counts.items())), "files:", len(folder.rows))
