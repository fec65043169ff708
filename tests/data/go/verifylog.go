// verifylog checks a Warrant ledger with Go's own packages for transparent logs, which share no code with Warrant:
//
//	verifylog LEDGER VERIFIER-KEY PROOF...
//
// It verifies the checkpoint's signature, reads every entry from the entry bundles, computes the tree hash from them and
// again from the hash tiles, and checks each proof of inclusion in C2SP tlog-proof form.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "verifylog:", err)
		os.Exit(1)
	}
}

// tiles reads tiles as C2SP tlog-tiles lays them out: as Go does, but without the height in the path.
type tiles struct{ dir string }

func (t tiles) Height() int                      { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range want {
		path := filepath.Join(t.dir, "tile", strings.TrimPrefix(tile.Path(), "tile/8/"))
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		data = append(data, b)
	}
	return data, nil
}

func entriesOf(dir string, size int64) [][]byte {
	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := int(size - n*256)
		if width > 256 {
			width = 256
		}
		path := tlog.Tile{H: 8, L: -1, N: n, W: width}.Path()
		b, err := os.ReadFile(filepath.Join(dir, "tile/entries", strings.TrimPrefix(path, "tile/8/data/")))
		check(err)
		for i := 0; i < width; i++ {
			if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
				check(fmt.Errorf("bundle %d ends in entry %d", n, i))
			}
			l := int(binary.BigEndian.Uint16(b))
			entries = append(entries, b[2:2+l])
			b = b[2+l:]
		}
		if len(b) > 0 {
			check(fmt.Errorf("bundle %d is too long", n))
		}
	}
	return entries
}

func open(signed []byte, verifier note.Verifier) tlog.Tree {
	n, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(n.Text, "\n")
	if lines[0] != verifier.Name() {
		check(fmt.Errorf("origin %q is not the key's name", lines[0]))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

func main() {
	dir, key := os.Args[1], strings.TrimSpace(os.Args[2])
	verifier, err := note.NewVerifier(key)
	check(err)
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err)
	tree := open(signed, verifier)
	entries := entriesOf(dir, tree.N)

	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, e := range entries {
		hashes, err := tlog.StoredHashes(int64(i), e, reader)
		check(err)
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if root != tree.Hash {
		check(fmt.Errorf("the entries hash to %v, the checkpoint says %v", root, tree.Hash))
	}
	byTiles := tlog.TileHashReader(tree, tiles{dir})
	root, err = tlog.TreeHash(tree.N, byTiles)
	check(err)
	if root != tree.Hash {
		check(fmt.Errorf("the tiles hash to %v, the checkpoint says %v", root, tree.Hash))
	}
	for i := range entries {
		h, err := byTiles.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(i))})
		check(err)
		if h[0] != tlog.RecordHash(entries[i]) {
			check(fmt.Errorf("entry %d does not hash to its tile", i))
		}
	}
	for _, name := range os.Args[3:] {
		text, err := os.ReadFile(name)
		check(err)
		head, rest, ok := bytes.Cut(text, []byte("\n\n"))
		lines := strings.Split(string(head), "\n")
		if !ok || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
			check(fmt.Errorf("%s is no tlog-proof", name))
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		check(err)
		var proof tlog.RecordProof
		for _, line := range lines[2:] {
			b, err := base64.StdEncoding.DecodeString(line)
			check(err)
			var h tlog.Hash
			copy(h[:], b)
			proof = append(proof, h)
		}
		under := open(rest, verifier)
		check(tlog.CheckRecord(proof, under.N, under.Hash, index, tlog.RecordHash(entries[index])))
	}
	fmt.Printf("%d entries, %d proofs: good\n", tree.N, len(os.Args)-3)
}
