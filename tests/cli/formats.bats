# `warrant artifact` on models in several files, on names that promise a model, and on formats beside which something lies.
load helper

each_setup() {
    read -r digest _ < <(python3 "$WARRANT_SOURCE/tests/data/make_weights.py" models models_folders)
}

@test "a model in shards has the digest of the same weights in one file" {
    for f in sharded sharded_again single; do
        expect 0 warrant artifact inspect "models_folders/$f" --weights --json
        [ "$(json "j['contents']['weights_digest']")" = "$digest" ] || { echo "$f: $output"; return 1; }
    done
    expect 0 warrant artifact inspect models_folders/sharded --tensors --json
    [ "$(json "sorted(t['name'] for t in j['contents']['tensors'])")" = "['layer.bias', 'layer.weight', 'scale']" ]
    expect 0 warrant artifact inspect models_folders/sharded_other --weights --json
    [ "$(json "j['contents']['weights_digest'] not in (None, '$digest')")" = True ]
}

@test "shards that do not fit their index have no digest" {
    for f in sharded_lies:scale:0 sharded_lost:nowhere:0 sharded_outside:outside:1; do # an index that leads out is a finding
        expect "${f##*:}" warrant artifact inspect "models_folders/${f%%:*}" --weights --json
        f=${f%:*}
        [ "$(json "j['contents']['weights_digest']")" = None ]
        [ "$(json "'${f##*:}' in j['contents']['missing']")" = True ] || { echo "$output"; return 1; }
    done
}

@test "what is cut off or lies in another file has no digest" {
    expect 4 warrant artifact inspect models_folders/cut/model.pt --weights --json
    [ "$(json "j['contents']['weights_digest'], 'cut off' in j['contents']['missing']")" = "(None, True)" ]
    expect 0 warrant artifact inspect models_folders/external/model.onnx --weights --json
    [ "$(json "j['contents']['weights_digest'], len(j['contents']['tensors']), 'another file' in j['contents']['missing']")" = "(None, 3, True)" ]
}

@test "two folders are compared by their files and by their tensors" {
    expect 0 warrant artifact diff models_folders/sharded models_folders/sharded_again
    says 'The same files, byte for byte'
    expect 1 warrant artifact diff models_folders/sharded models_folders/sharded_other --json
    [ "$(json "j['tensors']['changed'], j['tensors']['unchanged'], j['same_weights']")" = "(['scale'], 2, False)" ]
    [ "$(json "j['files']['added'], j['files']['removed'], j['files']['changed']")" = \
      "(['notes.txt'], [], ['model-00003-of-00003.safetensors'])" ]
    # in shards and in one file: other files, the same weights
    expect 1 warrant artifact diff models_folders/sharded models/same_a.safetensors --json
    [ "$(json "j['same_weights'], j['tensors']['unchanged'], 'files' in j")" = "(True, 3, False)" ]
    expect 1 warrant artifact diff models_folders/sharded models_folders/single
    says 'Their weights are the same'
    says '4 files removed'
    mkdir empty
    expect 2 warrant artifact diff empty empty
}

@test "a name that promises a model is held against the content" {
    mkdir names
    printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\003\000\076\000more' > names/model.safetensors
    printf '<!DOCTYPE html>\n<html></html>\n' > names/model.pkl
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n' 7 > names/big.gguf
    : > names/none.onnx
    printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\003\000\076\000more' > names/firmware.bin
    expect 1 warrant artifact inspect names/model.safetensors
    says 'artifact-program'
    expect 0 warrant artifact inspect names/model.pkl
    says 'artifact-not-a-model'
    expect 4 warrant artifact inspect names/big.gguf
    says 'artifact-lfs-pointer'
    says '12345'
    expect 0 warrant artifact inspect names/none.onnx
    says 'artifact-empty'
    expect 0 warrant artifact inspect names/firmware.bin
    ! says 'artifact-program' > /dev/null
}

@test "an OpenVINO graph is held against the weights beside it" {
    cat > net.xml <<'XML'
<?xml version="1.0"?>
<net name="n" version="11"><layers><layer id="0" name="w" type="Const" version="opset1"><data element_type="f32" shape="2,3" offset="0" size="24"/></layer></layers></net>
XML
    expect 0 warrant artifact inspect net.xml
    head -c 24 /dev/zero > net.bin
    expect 0 warrant artifact inspect net.xml
    says 'weights_size +24'
    head -c 23 /dev/zero > net.bin
    expect 1 warrant artifact inspect net.xml
    says 'openvino-weights-range'
}
