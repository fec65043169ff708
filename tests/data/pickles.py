"""A small assembler of pickles for the generators of test files. Nothing that it writes is ever loaded."""
import pickle, struct

P4 = b"\x80\x04"
P2 = b"\x80\x02"


def text(s):
    b = s.encode("utf-8")
    return b"\x8c" + bytes([len(b)]) + b if len(b) < 256 else b"X" + struct.pack("<I", len(b)) + b


def blob(b):
    return b"C" + bytes([len(b)]) + b if len(b) < 256 else b"B" + struct.pack("<I", len(b)) + b


def glob(module, name):
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


def stack_global(module, name):
    return text(module) + text(name) + b"\x93"


def escaped(s):
    return b"V" + b"".join(b"\\u%04x" % ord(c) for c in s) + b"\n"


def shapes(module, name, argument):
    """One call in many forms, each a whole pickle."""
    a = text(argument)
    yield "reduce0", glob(module, name) + b"(S'" + argument.encode() + b"'\ntR."
    yield "reduce2", P2 + glob(module, name) + b"X" + struct.pack("<I", len(argument)) + argument.encode() + b"\x85R."
    yield "reduce4", P4 + stack_global(module, name) + a + b"\x85R."
    yield "frame4", P4 + b"\x95" + struct.pack("<Q", len(stack_global(module, name) + a) + 3) + stack_global(module, name) + a + b"\x85R."
    yield "inst", b"(S'" + argument.encode() + b"'\ni" + module.encode() + b"\n" + name.encode() + b"\n."
    yield "obj", b"(" + glob(module, name) + a + b"o."
    yield "newobj", P2 + glob(module, name) + a + b"\x85\x81."
    yield "newobj_ex", P4 + stack_global(module, name) + a + b"\x85}\x92."
    yield "memo", P4 + text(module) + b"\x940" + text(name) + b"\x940" + text("junk") + b"0h\x00h\x01\x93" + a + b"\x85R."
    yield "memo_text", text(module) + b"p7\n0" + text(name) + b"p9\n0" + b"g7\ng9\n\x93" + a + b"\x85R."
    yield "memo_long", P4 + text(module) + b"r\x00\x01\x00\x000" + text(name) + b"r\x01\x01\x00\x000j\x00\x01\x00\x00j\x01\x01\x00\x00\x93" + a + b"\x85R."
    yield "memo_replaced", P4 + text("collections") + b"q\x000" + text("OrderedDict") + b"q\x010" + text(module) + b"q\x000" + text(name) + b"q\x010h\x00h\x01\x93" + a + b"\x85R."
    yield "dup", P4 + stack_global(module, name) + b"20" + a + b"\x85R."
    yield "junk_before", P4 + b"K\x01K\x02\x86N\x880000" .replace(b"0000", b"000") + stack_global(module, name) + a + b"\x85R."
    yield "junk_between", P4 + text(module) + text("x") + b"0" + text(name) + b"(K\x01K\x021" + b"\x93" + a + b"\x85R."
    yield "escaped", P4 + escaped(module) + escaped(name) + b"\x93" + a + b"\x85R."
    yield "long_text", P4 + b"X" + struct.pack("<I", len(module)) + module.encode() + b"\x8d" + struct.pack("<Q", len(name)) + name.encode() + b"\x93" + a + b"\x85R."
    yield "py2_text", b"U" + bytes([len(module)]) + module.encode() + b"T" + struct.pack("<i", len(name)) + name.encode() + b"\x93" + a + b"\x85R."
    yield "in_list", P4 + b"](K\x01" + stack_global(module, name) + a + b"\x85RK\x02e."
    yield "in_dict", P4 + b"}(" + text("k") + stack_global(module, name) + a + b"\x85Ru."
    yield "dropped", P4 + stack_global(module, name) + a + b"\x85R0N."
    yield "then_build", P4 + stack_global(module, name) + a + b"\x85R}b."
    yield "second_pickle", P4 + b"N." + P4 + stack_global(module, name) + a + b"\x85R."
    yield "third_pickle", pickle.dumps([1, 2], 2) + pickle.dumps("x", 4) + P2 + glob(module, name) + b"X" + struct.pack("<I", len(argument)) + argument.encode() + b"\x85R."
    yield "nested_bytes", P4 + blob(P4 + stack_global(module, name) + a + b"\x85R.") + b"."
    yield "nested_twice", P4 + blob(P4 + blob(P4 + stack_global(module, name) + a + b"\x85R.") + b".") + b"."
    yield "nested_text0", P4 + text("c" + module + "\n" + name + "\n(S'" + argument + "'\ntR.") + b"."
    yield "bytearray", b"\x80\x05\x96" + struct.pack("<Q", len(P4 + stack_global(module, name) + a + b"\x85R.")) + P4 + stack_global(module, name) + a + b"\x85R." + b"."
    yield "after_buffers", b"\x80\x05\x97\x98" + stack_global(module, name) + a + b"\x85R\x86."
    yield "persistent", b"Pid\n0" + glob(module, name) + b"(S'" + argument.encode() + b"'\ntR."
    yield "binpersid", P2 + b"K\x01Q" + glob(module, name) + a + b"\x85R\x86."
    yield "marks", P4 + b"(((" + stack_global(module, name) + a + b"\x85Rlll."
    yield "set", P4 + b"\x8f(" + stack_global(module, name) + a + b"\x85R\x90."
    yield "frozenset", P4 + b"(" + stack_global(module, name) + a + b"\x85R\x91."
