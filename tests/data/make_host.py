#!/usr/bin/python3
"""make_host.py FOLDER: a made-up machine: /proc, /sys, /dev, /etc and homes, for `warrant scan --host --root FOLDER`.

Secrets are put together at run time and must never be found in what Warrant writes: they hold "zq-secret"; the user is
called zq-user.
"""
import json, os, sys

root = sys.argv[1]


def put(path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


def link(path, target):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


def process(pid, argv, env=(), sockets=()):
    put(f"proc/{pid}/cmdline", b"".join(a.encode() + b"\0" for a in argv))
    put(f"proc/{pid}/environ", b"".join(e.encode() + b"\0" for e in env))
    os.makedirs(os.path.join(root, f"proc/{pid}/fd"), exist_ok=True)
    for n, inode in enumerate(sockets):
        link(f"proc/{pid}/fd/{n + 3}", f"socket:[{inode}]")


secret = "sk-" + "zq-secret" * 4
put("etc/machine-id", "0123456789abcdef0123456789abcdef\n")
put("etc/hostname", "gpu-1\n")
put("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
process(101, ["/usr/local/bin/ollama", "serve"], ["HOME=/root", "OLLAMA_HOST=0.0.0.0"], [5001])
process(102, ["/opt/venv/bin/python3", "/opt/venv/bin/vllm", "serve", "Linden/triage-7b", "--api-key", secret], ["VLLM_API_KEY=" + secret, "HF_TOKEN=" + secret], [5002])
process(103, ["/usr/bin/python3", "/usr/bin/jupyter-lab", "--ip=10.1.2.3"], (), [5003])
process(104, ["npx", "-y", "notes-mcp@1.2.3", "/home/zq-user/private"], ["OPENAI_API_KEY=" + secret])
process(105, ["node", "/usr/bin/codex"], ["OPENAI_API_KEY=" + secret, "PATH=/bin"])
process(106, ["/usr/sbin/nginx"], ["PATH=/bin"], [5004])
process(107, ["/usr/bin/qdrant"], (), [5005])
process(108, [])
head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def row(n, address, port, inode, state="0A"):
    return f"  {n:2}: {address}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 0000000000000000 100 0 0 10 0\n"


put("proc/net/tcp", head + row(0, "0100007F", 11434, 5001) + row(1, "00000000", 8000, 5002) + row(2, "0302010A", 8888, 5003)
    + row(3, "00000000", 80, 5004) + row(4, "0100007F", 40000, 5001, "01") + "damaged line\n")
put("proc/net/tcp6", head + row(0, "00000000000000000000000001000000", 6333, 5005))
put("proc/net/fib_trie", "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.1.2.3\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 203.0.113.9\n        /24 link UNICAST\n")
put("proc/net/if_inet6", "fe800000000000000000000000000001 02 40 20 80     eth0\n")
put("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\nGCC version:  gcc version 12.2.0\n")
put("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA L40S\nIRQ:   \t\t 130\nGPU UUID: \t GPU-zq-secret\nVideo BIOS: \t 95.02.66.00.04\nBus Type: \t PCIe\n")
put("sys/class/drm/card0/device/vendor", "0x8086\n")
put("sys/class/drm/card1/device/vendor", "0x1002\n")
put("sys/class/drm/card1/device/product_name", "Instinct MI210\n")
put("sys/class/drm/card1/device/vbios_version", "113-D67301-063\n")
link("sys/class/drm/card1/device/driver", "../../../bus/pci/drivers/amdgpu")
put("sys/module/amdgpu/version", "6.3.6\n")
put("dev/kfd", "")
put("dev/nvidia0", "")
home = "home/zq-user/"
digest = "ab" * 32
revision = "0123456789abcdef0123456789abcdef01234567"
hub = home + ".cache/huggingface/hub/models--Linden--triage-7b/"
put(hub + "refs/main", revision)
put(hub + "blobs/" + digest, "weights")
put(hub + "blobs/" + "c" * 40, "{}")
link(hub + f"snapshots/{revision}/model.safetensors", f"../../blobs/{digest}")
link(hub + f"snapshots/{revision}/config.json", "../../blobs/" + "c" * 40)
put(home + ".ollama/models/manifests/registry.ollama.ai/library/llama3/8b", json.dumps({"layers": [
    {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:" + "cd" * 32, "size": 4661211808},
    {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:" + "ef" * 32, "size": 1}]}))
put(home + ".ollama/models/manifests/registry.ollama.ai/library/broken/latest", "{\"layers\":[")
put(home + ".lmstudio/models/linden/notes-GGUF/notes-q4.gguf", "GGUF")
put(home + ".cache/torch/hub/checkpoints/resnet18-f37072fd.pth", "x" * 10)
link(home + ".cache/torch/hub/checkpoints/evil.pth", "/etc/passwd")
