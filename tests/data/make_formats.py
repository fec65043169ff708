#!/usr/bin/env python3
"""Writes small model files of the formats beyond pickles and tensors, each attack with a harmless twin.

usage: make_formats.py FOLDER

FOLDER/index.tsv has a line a file: name, expectation, rule, format, as make_models.py writes it. "clean" means that it was
read to its end and nothing was found.
"""
import bz2, gzip, lzma, os, struct, sys

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
index = []


def put(name, data, expectation, rule="-", form="-"):
    with open(os.path.join(out, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    index.append((name, expectation, rule, form))


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
put("openvino_old", '<?xml version="1.0" ?>\n<net batch="1" name="old" version="6"><layers><layer id="0" name="c" precision="FP32" type="Convolution"><data kernel="3,3"/><blobs><weights offset="0" size="864"/><biases offset="864" size="128"/></blobs></layer></layers><meta_data><MO_version value="2019.1"/></meta_data></net>', "clean", "-", V)
put("openvino_body", net('<layer id="2" name="l" type="Loop" version="opset5"><body><layers>' + const(0, 24) + '</layers></body></layer>'), "clean", "-", V)
put("openvino_experimental", net('<layer id="2" name="l" type="ExperimentalDetectronROIFeatureExtractor" version="experimental"/>'), "clean", "-", V)
put("openvino_custom", net('<layer id="2" name="f" type="FancyOp" version="extension"/>'), "found", "openvino-custom-operator", V)
put("openvino_custom_body", net('<layer id="2" name="l" type="If" version="opset8"><then_body><layers><layer id="0" name="f" type="FancyOp" version="my_opset"/></layers></then_body></layer>'), "found", "openvino-custom-operator", V)
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

# ---- further formats above this line ----
with open(os.path.join(out, "index.tsv"), "w") as f:
    for row in index:
        f.write("\t".join(row) + "\n")
