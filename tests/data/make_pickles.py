#!/usr/bin/env python3
"""Writes pickles for the tests of the pickle reader: attacks, each with a harmless twin of the same shape, and lists of
opcode positions as Python's own pickletools sees them. Only the standard library; nothing written here is ever loaded.

usage: make_pickles.py FOLDER

FOLDER/index.tsv has a line a file: name, expectation, rule. The expectation is clean, found (the rule must be found) or
unread (the file must be incomplete). FOLDER/NAME.ops holds the positions of the opcodes of FOLDER/NAME.
"""
import bz2, collections, datetime, decimal, gzip, io, lzma, os, pickle, pickletools, struct, sys, uuid, zipfile, zlib

sys.dont_write_bytecode = True
from builders import Folder
from pickles import P2, P4, blob, glob, shapes, stack_global, text

out = sys.argv[1]
folder = Folder(out)


def put(name, data, expectation, rule="-"):
    folder.put(name, data, expectation, rule)


for shape, data in shapes("os", "system", "echo"):
    put("bad_" + shape, data, "found", "pickle-dangerous-call")
for shape, data in shapes("collections", "Counter", "echo"):
    put("good_" + shape, data, "clean")

# Only imported: still a finding, of another rule.
put("imported", P4 + stack_global("os", "system") + b".", "found", "pickle-dangerous-import")
# An object of a package that nobody knows, as pickle writes it, is said as what it is; a call is a call.
thing = stack_global("somewhere.else", "Thing")
put("imported_unknown", P4 + thing + b".", "found", "pickle-foreign-class")
put("builds_unknown", P4 + thing + b")\x81}b.", "found", "pickle-foreign-class")
put("builds_unknown_old", P2 + glob("copy_reg", "_reconstructor") + thing + glob("__builtin__", "object") + b"N\x87R}b.",
    "found", "pickle-foreign-class")
put("called_unknown", P4 + thing + b")R.", "found", "pickle-unknown-call")
put("made_unknown_with_data", P4 + thing + text("x") + b"\x85\x81.", "found", "pickle-unknown-call")
put("called_unknown_later", P4 + thing + b")\x81}b0" + thing + b")R.", "found", "pickle-unknown-call")
put("handed_unknown", P4 + stack_global("functools", "partial") + thing + b"\x85R.", "found", "pickle-unknown-import")
put("unknown_in_tuple_handed", P4 + stack_global("collections", "Counter") + thing + b"\x85\x85R.", "found", "pickle-unknown-import")
put("dotted_unknown", P4 + stack_global("somewhere.else", "Thing.run") + b")\x81.", "found", "pickle-unknown-call")
put("strange_unknown", P4 + stack_global("somewhere else", "Thing") + b")\x81.", "found", "pickle-unknown-call")
for module in ("numpy.nowhere", "torch.nowhere", "tempfile2to3", "statsmodels.nowhere", "mimify"):
    put("everywhere_" + module, P4 + stack_global(module, "Thing") + b")\x81}b.", "found",
        "pickle-unknown-call" if module != "tempfile2to3" else "pickle-foreign-class")

partial = stack_global("functools", "partial")
put("calls_plain_partial", P4 + partial + stack_global("collections", "Counter") + b"\x85R)R.", "clean")
put("calls_unknown_partial", P4 + partial + thing + b"\x85R)R.", "found", "pickle-untraced-call")
put("calls_made_partial", P4 + partial + stack_global("babel.dates", "DateTimePattern") + b"\x85R" + text("x") + b"\x85R.", "found", "pickle-untraced-call")
# Written by pandas 0.13 to 3, NumPy of Python 2, scikit-learn 1.7: names of long ago and of late.
def array_of(cls):
    return stack_global("numpy.core.multiarray", "_reconstruct") + cls + b"K\0\x85C\x01b\x87R"
put("old_index", P4 + array_of(stack_global("pandas.core.index", "Int64Index")) + b".", "clean")
put("old_index_new", P4 + stack_global("pandas.core.index", "_new_Index") + stack_global("pandas.core.index", "Index") + b"}\x86R.", "clean")
evil_old = P2 + glob("os", "system") + text("x") + b"\x85R."
# The state of a Panel of pandas 0.24 and older may be array files, whose objects are loaded.
def array_file(kind, shape, body):
    header = ("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }" % (kind, shape)).encode()
    header += b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body
panel = stack_global("pandas.core.panel", "Panel") + b")\x81"
put("old_panel", P4 + panel + blob(array_file("<f8", 2, bytes(16))) + b"\x85b.", "clean")
put("old_panel_objects", P4 + panel + blob(array_file("|O", 1, evil_old)) + b"\x85b.", "found", "pickle-dangerous-call")
put("old_offset", P4 + stack_global("pandas.tseries.offsets", "MonthEnd") + b")\x81}b.", "clean")
put("old_offset_called", P4 + stack_global("pandas.tseries.offsets", "MonthEnd") + text("x") + b"\x85R.", "found", "pickle-guarded-call")
put("old_random", P4 + stack_global("numpy.random", "__RandomState_ctor") + b")R}b.", "clean")
put("old_object_array", P4 + stack_global("numpy.core._internal", "_reconstruct") + stack_global("numpy", "ndarray") + b"K\0\x85C\x01b\x87R.", "clean")
put("old_internal_other", P4 + stack_global("numpy.core._internal", "recursive") + b")R.", "found", "pickle-dangerous-call")
put("old_default", P2 + glob("UserString", "defaultdict") + glob("__builtin__", "int") + b"\x85R.", "clean")
put("array_of_unknown", P4 + array_of(thing) + b".", "found", "pickle-foreign-class")
put("new_frame", P4 + stack_global("pandas", "DataFrame") + b")\x81}b.", "clean")
put("new_eval", P4 + stack_global("pandas", "eval") + text("1") + b"\x85R.", "found", "pickle-dangerous-call")
put("new_text", P4 + stack_global("pyarrow.lib", "_restore_array") + stack_global("pyarrow.lib", "type_for_alias") + text("large_string") +
    b"\x85RK\x04K\0K\0t\x85R." .replace(b"K\x04K\0K\0t", b"\x85"), "clean")
put("new_loss", P4 + stack_global("_loss", "CyHalfSquaredError") + b")R.", "clean")
put("held_check", P4 + stack_global("sklearn.utils.validation", "check_array") + b".", "clean")
put("distribution", P4 + stack_global("scipy.stats._continuous_distns", "norm_gen") + b")\x81}b.", "found", "pickle-unknown-call")
# What a refused call returned is called: one finding of the refused call, not two.
put("called_refused", P4 + stack_global("cloudpickle.cloudpickle", "_builtin_type") + text("CodeType") + b"\x85R)R.", "found", "pickle-dangerous-call")

# What was good once is looked at again: made first and called later, in a stretch that is run fast.
for label, first in (("made", glob("babel.dates", "DateTimePattern")), ("no_text", glob("numpy", "matrix")),
                     ("own", glob("__main__", "Own")), ("unknown", glob("somewhere.else", "Thing"))):
    begin = b"]" + first + b"q\x00" + (b")R" if label == "no_text" else b")\x81") + b"}ba"
    rest = b"K\x05a" * 100 + b"."
    put("again_" + label, P2 + begin + b"h\x00X\x04\0\0\0evil\x85Ra" + rest, "found",
        "pickle-guarded-call" if label in ("made", "no_text") else "pickle-unknown-call")
counter = stack_global("collections", "Counter") + b"\x94"
put("again_hands_partial", P4 + b"]" + counter + b")Ra" + b"h\x00" + stack_global("functools", "partial") +
    stack_global("collections", "Counter") + b"\x85R\x85Ra" + b"K\x05a" * 100 + b".", "found", "pickle-guarded-call")
# _reconstructor(class, base, state) calls base.__init__(object, state).
pattern = glob("babel.dates", "DateTimePattern")
put("base_is_called", P2 + glob("copyreg", "_reconstructor") + pattern + pattern + text("evil") + b"\x87R.", "found", "pickle-guarded-call")
put("base_is_plain", P2 + glob("copyreg", "_reconstructor") + pattern + glob("builtins", "object") + b"N\x87R}b.", "clean")

# ---- imports, of which many stand on nobody's list ----
imports = """os.system os.popen os.execv os.spawnl os.posix_spawn os.remove os.putenv os.kill posix.system nt.system
subprocess.Popen subprocess.run subprocess.check_output subprocess.getoutput subprocess.call _posixsubprocess.fork_exec
builtins.eval builtins.exec builtins.compile builtins.__import__ builtins.open builtins.getattr builtins.setattr
builtins.breakpoint builtins.globals builtins.map builtins.filter builtins.type builtins.input builtins.delattr builtins.memoryview
__builtin__.eval __builtin__.execfile __builtin__.apply __builtin__.reduce __builtin__.file
importlib.import_module importlib.reload importlib.machinery.SourceFileLoader imp.load_source runpy.run_path runpy._run_code
pty.spawn pdb.run pdb.Pdb bdb.Bdb.run code.InteractiveInterpreter.runcode codeop.compile_command timeit.timeit cProfile.run
profile.run profile.Profile.runctx trace.Trace.run doctest.debug_script unittest.main pydoc.pipepager pydoc.locate
shutil.rmtree shutil.copy shutil.move io.open io.FileIO _io.FileIO _io.open tempfile.mktemp glob.glob fileinput.FileInput linecache.getlines
socket.socket socket.create_connection ssl.get_server_certificate http.client.HTTPSConnection urllib.request.urlopen
urllib.request.urlretrieve requests.get requests.api.get ftplib.FTP smtplib.SMTP telnetlib.Telnet xmlrpc.client.ServerProxy
webbrowser.open antigravity.fly ctypes.CDLL ctypes.cdll.LoadLibrary _ctypes.dlopen cffi.FFI
pickle.loads pickle.load _pickle.loads cPickle.loads marshal.loads shelve.open dill.loads cloudpickle.loads
cloudpickle.cloudpickle._make_function types.CodeType types.FunctionType types.ModuleType types.MethodType
functools.partial functools.reduce operator.attrgetter operator.methodcaller operator.itemgetter _operator.attrgetter itertools.starmap itertools.accumulate
sys.modules sys.exit sys.settrace gc.get_objects inspect.getmodule ast.literal_eval dis.dis atexit.register signal.signal
threading.Thread _thread.start_new_thread concurrent.futures.ThreadPoolExecutor multiprocessing.Process multiprocessing.util.spawnv_passfds
asyncio.create_subprocess_shell asyncio.unix_events._UnixSubprocessTransport._start logging.FileHandler logging.config.listen logging.config.dictConfig
site.main platform.popen pip.main pip._internal.main ensurepip._run_pip venv.create setuptools.setup distutils.spawn.spawn distutils.file_util.write_file
idlelib.run.Executive.runcode idlelib.pyshell.ModifiedInterpreter.runcode lib2to3.pgen2.grammar.Grammar.loads
zipimport.zipimporter pkgutil.resolve_name zipfile.ZipFile tarfile.open sqlite3.connect dbm.open mmap.mmap
_aix_support._read_cmd_output _osx_support._read_output _pyrepl.pager.pipe_pager uuid._get_command_stdout imaplib.IMAP4_stream
test.support.script_helper.assert_python_ok numpy.testing._private.utils.runstring numpy.f2py.crackfortran.getlincoef
numpy.load numpy.fromfile numpy.savetxt numpy.vectorize numpy.apply_along_axis numpy.core._internal._ctypes
torch.load torch.hub.load torch.save torch.jit.load torch.utils.cpp_extension.load torch.utils.collect_env.run
torch.utils.bottleneck.__main__.run_cprofile torch._inductor.codecache.compile_file torch._dynamo.guards.GuardBuilder.get
torch.fx.graph_module.reduce_graph_module torch.jit.unsupported_tensor_ops.execWrapper torch.serialization.load torch.ops.load_library
torch.storage._load_from_bytes torch.utils.data.datapipes.utils.decoder.basichandlers torch.utils._config_module.ConfigModule.load_config
joblib.load joblib.numpy_pickle.load joblib.Parallel sklearn.datasets.load_files sklearn.utils._testing.check_skip_network pandas.read_pickle pandas.eval
pandas.io.pickle.read_pickle pandas.core.computation.eval.eval yaml.load yaml.unsafe_load jinja2.Template nltk.data.load sympy.sympify numexpr.evaluate
IPython.get_ipython tensorflow.io.write_file keras.models.load_model transformers.AutoModel.from_pretrained huggingface_hub.hf_hub_download
mlflow.pyfunc.load_model ray.remote dask.delayed airflow.models.DAG celery.Celery wandb.init boto3.client paramiko.SSHClient
code.interact rlcompleter.Completer readline.read_init_file resource.setrlimit fcntl.ioctl select.select nturl2path.url2pathname
string.Formatter weakref.finalize queue.Queue sched.scheduler contextlib.contextmanager copyreg.add_extension getpass.getpass pwd.getpwuid
my_evil_module.run torchvision.io.read_image sklearn.linear_model.evil collections.abc.evil numpy.evil datetime.evil""".split()
for i, dotted in enumerate(imports):
    module, name = dotted.rsplit(".", 1)
    data = P4 + stack_global(module, name) + text("x") + b"\x85R." if i % 2 else glob(module, name) + b"(S'x'\ntR."
    put("import_%03d" % i, data, "found")
print(len(imports), "imports")

# ---- tricks of their own ----
put("dotted", P4 + stack_global("torch.serialization", "os.system") + text("x") + b"\x85R.", "found", "pickle-dangerous-call")
put("dotted_allowed_module", P4 + stack_global("collections", "OrderedDict.__class__") + b"N\x85R.", "found")
put("computed_name", P4 + text("os") + stack_global("builtins", "str") + text("system") + b"\x85R\x93.", "found", "pickle-untraced-import")
put("number_as_name", P4 + b"K*" + text("system") + b"\x93.", "found", "pickle-untraced-import")
put("call_of_result", P4 + stack_global("collections", "OrderedDict") + b")R)R.", "found", "pickle-untraced-call")
put("extension1", b"\x80\x02\x82\x05)R.", "found", "pickle-extension-code")
put("extension2", b"\x80\x02\x83\x05\x01)R.", "found", "pickle-extension-code")
put("extension4", b"\x80\x02\x84\x05\x01\x00\x00)R.", "found", "pickle-extension-code")
put("patch_build", P4 + stack_global("collections", "OrderedDict") + b"}" + text("a") + b"K\x01sb.", "found", "pickle-patches-import")
put("patch_items", P4 + stack_global("collections", "OrderedDict") + text("a") + b"K\x01s.", "found", "pickle-patches-import")
put("getattr_import", P4 + stack_global("builtins", "getattr") + stack_global("collections", "OrderedDict") + text("__subclasses__") + b"\x86R.", "found", "pickle-guarded-call")
put("getattr_computed", P4 + stack_global("builtins", "getattr") + stack_global("collections", "OrderedDict") + b")R" + text("__class__") + b"\x86R.", "found", "pickle-guarded-call")
put("getattr_bound", P4 + stack_global("builtins", "getattr") + stack_global("collections", "OrderedDict") + b")R" + text("keys") + b"\x86R.", "clean")
put("encode_rot13", P2 + glob("_codecs", "encode") + text("flfgrz") + text("rot13") + b"\x86R.", "found", "pickle-guarded-call")
put("encode_latin1", P2 + glob("_codecs", "encode") + text("data") + text("latin1") + b"\x86R.", "clean")
put("encoded_nested", P2 + glob("_codecs", "encode") + text((P2 + glob("os", "system") + b"(S'x'\ntR.").decode("latin1")) + text("latin1") + b"\x86R.", "found", "pickle-dangerous-call")
put("higher_order", P2 + glob("torch._tensor", "_rebuild_from_type_v2") + b"(" + glob("builtins", "getattr") + b"NNNtR.", "found", "pickle-guarded-call")
put("methodcaller_of_module", glob("builtins", "__import__") + b"(Vos\ntRp0\n0" + glob("_operator", "methodcaller") + b"(Vsystem\nVx\ntR(g0\ntR.", "found", "pickle-dangerous-call")
put("handed_on", P2 + glob("numpy.random._pickle", "__generator_ctor") + glob("builtins", "bytes") + b"](K\x80K\x04K\x4ee\x85R" + glob("torch.storage", "_load_from_bytes") + b"\x86R.", "found", "pickle-guarded-call")
put("handed_on_in_list", P4 + b"](" + b"K\x01" * 40 + stack_global("builtins", "getattr") + b"e.", "found", "pickle-guarded-call")
put("handed_on_in_state", P4 + stack_global("collections", "OrderedDict") + b")R" + stack_global("builtins", "getattr") + b"b.", "found", "pickle-guarded-call")
put("handed_on_by_memo", P4 + stack_global("builtins", "getattr") + b"\x940" + stack_global("collections", "OrderedDict") + b"h\x00\x85R.", "found", "pickle-guarded-call")
put("guarded_dropped", P4 + stack_global("builtins", "getattr") + b"0N.", "found", "pickle-guarded-call")
put("guarded_left", P4 + stack_global("builtins", "getattr") + b".", "found", "pickle-guarded-call")
put("enumeration", P4 + stack_global("builtins", "getattr") + stack_global("transformers.trainer_utils", "IntervalStrategy") + text("STEPS") + b"\x86R.", "clean")
put("partial", P4 + stack_global("functools", "partial") + stack_global("numpy", "log1p") + b"\x85R.", "clean")
put("partial_of_text", P4 + stack_global("functools", "partial") + text("x") + b"\x85R.", "found", "pickle-guarded-call")
put("partial_called", P4 + stack_global("functools", "partial") + stack_global("numpy", "log1p") + b"\x85R" + text("x") + b"\x85R.", "clean")
put("partial_handed_on", P4 + stack_global("numpy.random._pickle", "__generator_ctor") + text("x") + stack_global("functools", "partial") + stack_global("numpy", "log1p") + b"\x85R\x86R.", "found", "pickle-guarded-call")
put("load_from_bytes", P2 + glob("torch.storage", "_load_from_bytes") + blob(b"not a pickle") + b"\x85R.", "found", "pickle-guarded-call")
put("load_from_bytes_pickle", P2 + glob("torch.storage", "_load_from_bytes") + blob(pickle.dumps([1], 2)) + b"\x85R.", "clean")
put("after_stop_garbage", P4 + stack_global("os", "system") + text("x") + b"\x85R.\xff\xff\xff", "found", "pickle-dangerous-call")
put("then_broken", glob("os", "system") + b"(S'x'\ntR\xff\xff", "found", "pickle-dangerous-call")
put("then_underflow", P4 + stack_global("os", "system") + text("x") + b"\x85R00000.", "found", "pickle-dangerous-call")
put("missing_memo", P4 + b"h\x07" + stack_global("os", "system") + text("x") + b"\x85R.", "found", "pickle-dangerous-call")
million = b"N0" * 600000
put("late", P4 + million + stack_global("os", "system") + text("x") + b"\x85R.", "found", "pickle-dangerous-call")
put("late_good", P4 + million + stack_global("collections", "OrderedDict") + b")R.", "clean")
put("late_memo", P4 + text("os") + b"\x940" + text("system") + b"\x940" + b"N\x940" * 500000 + b"h\x00h\x01\x93" + text("x") + b"\x85R.", "found", "pickle-dangerous-call")
put("late_no_header", million + glob("os", "system") + b"(S'x'\ntR.", "found", "pickle-dangerous-call")
put("many_pickles", pickle.dumps(1, 2) * 5000 + P2 + glob("os", "system") + text("x") + b"\x85R.", "found", "pickle-dangerous-call")
put("deep_lists", P4 + b"]" * 20000 + b"a" * 19999 + stack_global("os", "system") + text("x") + b"\x85R\x86.", "found", "pickle-dangerous-call")
put("tail", P4 + b"N.rubbish behind", "unread")
framed = lambda body, declared: b"\x80\x05\x95" + struct.pack("<Q", declared) + body
put("straddle_bytes", framed(b"B" + struct.pack("<I", 20) + b"A" * 20 + b".", 5), "found", "pickle-frame-straddled")
put("straddle_text", framed(b"\x8c\x14" + b"A" * 20 + b".", 3), "found", "pickle-frame-straddled")
put("straddle_number", framed(b"J" + struct.pack("<i", 7) + b".", 2), "found", "pickle-frame-straddled")
put("straddle_frame", framed(b"N0" + b"\x95" + struct.pack("<Q", 2) + b"N0N0N.", 30), "found", "pickle-frame-straddled")
put("broken_import", b"cbuiltins\neval\nS\"no end\"\x85R.", "found", "pickle-dangerous-import")
put("no_stop", P4 + b"]K\x01aK\x02a", "unread")
put("bad_opcode", pickle.dumps(collections.OrderedDict(a=1), 2)[:-1] + b"\xff.", "unread")
put("huge_string", P4 + b"NNN0\x8d" + struct.pack("<Q", 1 << 62) + b"x", "unread")
put("huge_memo", P4 + b"Nr\xff\xff\xff\xff0" + b"j\xff\xff\xff\xff.", "clean")
put("long_frame", P4 + b"N0N0N0\x95" + struct.pack("<Q", 1 << 40) + b"N.", "unread")

# ---- containers ----
bad, good = P4 + stack_global("os", "system") + text("x") + b"\x85R.", pickle.dumps({"a": [1, 2, 3]}, 4)
for label, body, expectation, rule in (("bad", bad, "found", "pickle-dangerous-call"), ("good", good, "clean", "-")):
    put(label + "_zlib", zlib.compress(body), expectation, rule)
    put(label + "_gzip", gzip.compress(body), expectation, rule)
    put(label + "_bz2", bz2.compress(body), expectation, rule)
    put(label + "_xz", lzma.compress(body), expectation, rule)
    put(label + "_lzma", lzma.compress(body, lzma.FORMAT_ALONE), expectation, rule)
    for method, word in ((zipfile.ZIP_STORED, "stored"), (zipfile.ZIP_DEFLATED, "deflated")):
        b = io.BytesIO()
        with zipfile.ZipFile(b, "w", method) as z:
            z.writestr("archive/data.pkl", body)
            z.writestr("archive/version", "3\n")
            z.writestr("archive/data/0", b"\0" * 64)
        put(label + "_torch_" + word, b.getvalue(), expectation, rule)
        b = io.BytesIO()
        header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
        header += b" " * (117 - len(header)) + b"\n"
        npy = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body
        with zipfile.ZipFile(b, "w", method) as z:
            z.writestr("a.npy", npy)
        put(label + "_npz_" + word, b.getvalue(), expectation, rule)
        put(label + "_npy_" + word, npy, expectation, rule)
        inner, b = b.getvalue(), io.BytesIO()
        with zipfile.ZipFile(b, "w", method) as z:
            z.writestr("archive/data.pkl", pickle.dumps([1], 2))
            z.writestr("archive/version", "3\n")
            z.writestr("archive/inner.zip", inner)
        put(label + "_zip_in_zip_" + word, b.getvalue(), expectation, rule)


# ---- joblib: raw array blocks in the stream ----
def wrapper(shape, dtype, raw, aligned=True):
    body = stack_global("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}("
    body += text("subclass") + stack_global("numpy", "ndarray") + text("shape") + b"(" + b"".join(b"K" + bytes([n]) for n in shape) + b"t"
    body += text("order") + text("C") + text("dtype") + stack_global("numpy", "dtype") + text(dtype) + b"\x89\x88\x87R"
    body += b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb" + text("allow_mmap") + b"\x88"
    if aligned:
        body += text("numpy_array_alignment_bytes") + b"K\x10"
    return body + b"ub" + (b"\x03\xff\xff\xff" if aligned else b"") + raw


floats = bytes(range(1, 49))
put("joblib_good", P4 + wrapper((6,), "f8", floats) + b".", "clean")
put("joblib_good_old", P4 + wrapper((2, 3), "f8", floats, False) + b".", "clean")
# Without a header, and packed: a list longer than what is unpacked to see what it is, or one long word.
lists, word = b"(lp0\n" + b"S'n01440764'\na" * 2000, b"(S'" + b"w" * 9000 + b"'\n"
evil, mild = b"cos\nsystem\n(S'echo'\ntRa.", b"ccollections\nCounter\n(S'echo'\ntRa."
for label, start in (("list", lists), ("word", word + b"tl")):
    start = start if label == "list" else b"(lp0\n" + word + b"ta"
    for kind, end, expected, rule in (("bad", evil, "found", "pickle-dangerous-call"), ("good", mild, "clean", "-")):
        put(f"{kind}_long_{label}_gzip", gzip.compress(start + end), expected, rule)
        put(f"{kind}_long_{label}_bz2", bz2.compress(start + end), expected, rule)
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("m/words.pickle", start + end)
            z.writestr("m/first.pkl", b"\x80\x04K\x01.")
        put(f"{kind}_long_{label}_zip", body.getvalue(), expected, rule)
with io.BytesIO() as body:
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("tagger/tagger.pickle", lists + evil)
    put("bad_long_list_alone_zip", body.getvalue(), "found", "pickle-dangerous-call")
put("calm_long_text_gzip", gzip.compress(b"Very long text. " * 2000), "none")
put("calm_long_words_gzip", gzip.compress(b"cat\ndog\nzebra\n" * 2000), "none")

# The type of the first array is named again after more tuples than are remembered, as in a forest of a thousand trees.
first = P4 + b"](" + wrapper((6,), "f8", floats).replace(b"tb" + text("allow_mmap"), b"tbr\xff\0\0\0" + text("allow_mmap"))
again = (stack_global("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}(" + text("subclass") + stack_global("numpy", "ndarray") +
         text("shape") + b"(K\x06t" + text("order") + text("C") + text("dtype") + b"j\xff\0\0\0" + text("allow_mmap") + b"\x88" +
         text("numpy_array_alignment_bytes") + b"K\x10ub\x03\xff\xff\xff" + floats)
put("joblib_far", first + b"K\x01\x85" * 6000 + again + b"e.", "clean")
put("joblib_far_after", first + b"K\x01\x85" * 6000 + again + stack_global("os", "system") + text("x") + b"\x85Re.", "found", "pickle-dangerous-call")
put("joblib_after", P4 + wrapper((6,), "f8", floats) + stack_global("os", "system") + text("x") + b"\x85R\x86.", "found", "pickle-dangerous-call")
put("joblib_two_then", P4 + b"](" + wrapper((6,), "f8", floats) + wrapper((6,), "f8", floats) + stack_global("os", "system") + text("x") + b"\x85Re.", "found", "pickle-dangerous-call")
put("joblib_objects_bad", P4 + wrapper((1,), "O8", b"", False) + bad + b".", "found", "pickle-dangerous-call")
put("joblib_objects_good", P4 + wrapper((1,), "O8", b"", False) + good + b".", "clean")
payload = stack_global("os", "system") + text("x") + b"\x85R."
put("joblib_opcodes_in_array", P4 + wrapper((len(payload) // 4,), "f4", payload[:len(payload) // 4 * 4], False) + payload[len(payload) // 4 * 4:], "found")
hidden = glob("my_module", "run") + b"(S'x'\ntR."
put("joblib_opcodes_in_padding", P4 + wrapper((6,), "f8", b"")[:-4] + b"N0N" + hidden + bytes(78) + floats + b".", "found", "pickle-unknown-call")
put("joblib_array_too_long", P4 + wrapper((255, 255), "f8", floats) + b".", "unread")

# ---- what a differential test compares: objects of many kinds in every protocol ----
things = {
    "numbers": [0, 1, -1, 255, 256, 65535, 65536, -(1 << 31), 1 << 40, -(1 << 70), 1 << 3000, 1.5, -0.0, float("inf"), float("nan"), True, False, None],
    "texts": ["", "a", "ä\u20ac\U0001f600", "line\nline", "x" * 300, "y" * 70000, b"", b"bytes", b"\xff" * 300, "back\\slash", "'quote"],
    "containers": [[], {}, (), set(), frozenset(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {1, 2}, frozenset([3]), {"a": {"b": [1] * 2000}}],
    "classes": [collections.OrderedDict(a=1), collections.Counter("abc"), datetime.datetime(2026, 1, 2, 3), decimal.Decimal("1.5"), uuid.UUID(int=5), 1j, range(3), bytearray(b"z" * 10)],
    "shared": (lambda l: [l, l, [l] * 3])(["s", "s", ("t", "t")]),
}
differential = []
for name, thing in things.items():
    for protocol in range(6):
        data = pickle.dumps(thing, protocol)
        put("plain_%s_%d" % (name, protocol), data, "clean")
        differential.append("plain_%s_%d" % (name, protocol))
for name, expectation, rule in list(folder.rows):
    if name.startswith(("bad_", "good_")) and not any(w in name for w in ("zlib", "gzip", "bz2", "xz", "lzma", "torch", "npz", "npy", "zip")):
        differential.append(name)
for name in differential:
    with open(os.path.join(out, name), "rb") as f, open(os.path.join(out, name + ".ops"), "w") as ops:
        try:
            for op, argument, position in pickletools.genops(f):
                ops.write("%d %s\n" % (position, op.name))
        except Exception as e:  # what genops refuses is not compared
            ops.truncate(0)
folder.index()
