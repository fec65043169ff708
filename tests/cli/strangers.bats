# `warrant scan` on what people unpack: packages of a distribution, of npm.
load helper

# an unpacked package of Debian: NAME
unpacked() {
    mkdir -p "$1/usr/lib/python3/dist-packages/clinic" "$1/usr/lib/python3/dist-packages/clinic-1.0.dist-info" "$1/usr/share/doc/clinic"
    printf 'from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create(model="gpt-4o", messages=[])\n' > "$1/usr/lib/python3/dist-packages/clinic/ask.py"
    printf 'Metadata-Version: 2.1\nName: clinic\nRequires-Dist: openai>=1.0\nRequires-Dist: anthropic; extra == "all"\n\nSee Requires-Dist: cohere.\n' > "$1/usr/lib/python3/dist-packages/clinic-1.0.dist-info/METADATA"
}

@test "an unpacked package of a distribution is what is scanned, though it lies in dist-packages" {
    unpacked deb
    expect 0 warrant scan deb --json
    [ "$(json "sorted(a['name'] for a in j['assets'] if a['kind'] == 'library')")" = "['anthropic', 'openai']" ]
    [ "$(json "[a['name'] for a in j['assets'] if a['kind'] == 'model']")" = "['gpt-4o']" ]
}

@test "a folder of many installed packages is passed over, and the scan says so" {
    unpacked image
    for name in flask requests rich click jinja2; do
        mkdir -p "image/usr/lib/python3/dist-packages/$name" "image/usr/lib/python3/dist-packages/$name-1.0.dist-info"
        echo 'x = 1' > "image/usr/lib/python3/dist-packages/$name/__init__.py"
    done
    echo notes > image/notes.txt
    expect 0 warrant scan image
    says 'passed over 1 folder of installed packages'
    says 'No AI was found in what was read'
    expect 0 warrant scan image --json
    [ "$(json "j['assets']")" = "[]" ]
}

@test "a package that somebody adds to an unpacked one makes it an installation: nothing old is told from the cache" {
    unpacked deb
    expect 0 warrant scan deb --json
    [ "$(json "len(j['assets']) > 0")" = True ]
    for name in flask requests rich click jinja2; do mkdir -p "deb/usr/lib/python3/dist-packages/$name"; echo 'x = 1' > "deb/usr/lib/python3/dist-packages/$name/a.py"; done
    expect 0 warrant scan deb --json
    [ "$(json "[a for a in j['assets'] if a['kind'] != 'principal']")" = "[]" ]
}
