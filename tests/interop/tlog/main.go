// Reads a mirror with programs that are not ours: signed notes and tiles by golang.org/x/mod/sumdb, proofs by
// transparency-dev/merkle. Prints the root, or says what does not fit and ends with 1.
//
//	tlog VERIFIER_KEY FOLDER [OLDER_CHECKPOINT]
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads the layout of C2SP tlog-tiles, whose paths leave out the height that sumdb's have.
type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func path(tile tlog.Tile) string {
	parts := strings.SplitN(tile.Path(), "/", 3)
	return filepath.Join(parts[0], parts[2])
}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		content, err := os.ReadFile(filepath.Join(t.folder, path(tile)))
		if err != nil {
			return nil, err
		}
		read = append(read, content)
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// open checks the signature and the text, and nothing is taken on trust: no leading zeros, a root of 32 bytes.
func open(file string, verifier note.Verifier) (tlog.Tree, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(content, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of %q, not of %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("%q is no size", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func entries(folder string, tree tlog.Tree) ([][]byte, error) {
	var all [][]byte
	for first := int64(0); first < tree.N; first += 256 {
		width := int(min64(256, tree.N-first))
		file := path(tlog.Tile{H: 8, L: -1, N: first / 256, W: width})
		content, err := os.ReadFile(filepath.Join(folder, strings.Replace(file, "data", "entries", 1)))
		if err != nil {
			return nil, err
		}
		for len(content) > 0 {
			if len(content) < 2 || len(content) < 2+int(binary.BigEndian.Uint16(content)) {
				return nil, fmt.Errorf("%s ends inside a record", file)
			}
			end := 2 + int(binary.BigEndian.Uint16(content))
			all = append(all, content[2:end])
			content = content[end:]
		}
	}
	if int64(len(all)) != tree.N {
		return nil, fmt.Errorf("%d records, but the checkpoint says %d", len(all), tree.N)
	}
	return all, nil
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func raw(hashes []tlog.Hash) [][]byte {
	var all [][]byte
	for _, hash := range hashes {
		all = append(all, append([]byte(nil), hash[:]...))
	}
	return all
}

// provesEach proves some records by both libraries: the first ones, the last ones and those at the edges of tiles.
func provesEach(tree tlog.Tree, records [][]byte, hashes tlog.HashReader) error {
	for index := int64(0); index < tree.N; index++ {
		if index > 2 && index < tree.N-3 && index%256 != 0 && index%256 != 255 {
			continue
		}
		inclusion, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(inclusion, tree.N, tree.Hash, index, tlog.RecordHash(records[index])); err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(records[index])
		err = proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(tree.N), leaf, raw(inclusion), tree.Hash[:])
		if err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
	}
	return nil
}

func run(key, folder, older string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	tree, err := open(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return err
	}
	records, err := entries(folder, tree)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, tiles{folder})
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	for index := range records {
		stored, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
		if err != nil {
			return err
		}
		if leaf := tlog.RecordHash(records[index]); !bytes.Equal(leaf[:], stored[0][:]) {
			return fmt.Errorf("record %d is not the one whose hash stands in the tile", index)
		}
	}
	if root != tree.Hash {
		return fmt.Errorf("the tiles' root is %v, the checkpoint's %v", root, tree.Hash)
	}
	if err := provesEach(tree, records, hashes); err != nil {
		return err
	}
	if older != "" {
		before, err := open(older, verifier)
		if err != nil {
			return err
		}
		consistency, err := tlog.ProveTree(tree.N, before.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(consistency, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return fmt.Errorf("the older checkpoint: %w", err)
		}
	}
	fmt.Println(hex.EncodeToString(tree.Hash[:]))
	return nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: tlog VERIFIER_KEY FOLDER [OLDER_CHECKPOINT]")
		os.Exit(2)
	}
	older := ""
	if len(os.Args) > 3 {
		older = os.Args[3]
	}
	if err := run(os.Args[1], os.Args[2], older); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
