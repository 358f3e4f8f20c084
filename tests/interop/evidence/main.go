// Checks an archive of evidence with programs that are not ours: signed notes by golang.org/x/mod/sumdb, proofs by
// transparency-dev/merkle. Prints how many entries hold, and the root; or says what does not fit and ends with 1.
//
//	evidence VERIFIER_KEY FILE.zip
package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

type checkpoint struct {
	size uint64
	root []byte
}

// open checks the signature and the text, and nothing is taken on trust: no leading zeros, a root of 32 bytes.
func open(signed []byte, verifier note.Verifier) (checkpoint, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return checkpoint{}, fmt.Errorf("the checkpoint is of %q, not of %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("%q is no size", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != 32 {
		return checkpoint{}, fmt.Errorf("%q is no root", lines[2])
	}
	return checkpoint{size, root}, nil
}

func hashes(lines []string) ([][]byte, error) {
	var all [][]byte
	for _, line := range lines {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(hash) != 32 {
			return nil, fmt.Errorf("%q is no hash", line)
		}
		all = append(all, hash)
	}
	return all, nil
}

// parse reads a C2SP tlog-proof.
func parse(file []byte) (extra []byte, index uint64, path [][]byte, signed []byte, err error) {
	head, rest, found := bytes.Cut(file, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return nil, 0, nil, nil, fmt.Errorf("that is no tlog-proof with a record")
	}
	if extra, err = base64.StdEncoding.DecodeString(lines[1][len("extra "):]); err != nil {
		return nil, 0, nil, nil, err
	}
	if index, err = strconv.ParseUint(lines[2][len("index "):], 10, 64); err != nil {
		return nil, 0, nil, nil, err
	}
	path, err = hashes(lines[3:])
	return extra, index, path, rest, err
}

func checkEntry(name string, files map[string][]byte, newest checkpoint, verifier note.Verifier) error {
	number := strings.TrimSuffix(strings.TrimPrefix(name, "entries/"), ".entry")
	extra, index, path, signed, err := parse(files["proofs/"+number+".tlog-proof"])
	if err != nil {
		return err
	}
	if strconv.FormatUint(index, 10) != number {
		return fmt.Errorf("its proof is for %d", index)
	}
	if !bytes.Equal(extra, files[name]) {
		return fmt.Errorf("its proof holds another record")
	}
	if !bytes.Equal(signed, files["checkpoint"]) {
		return fmt.Errorf("its proof is for another checkpoint")
	}
	if _, err := open(signed, verifier); err != nil {
		return err
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(files[name])
	return proof.VerifyInclusion(rfc6962.DefaultHasher, index, newest.size, leaf, path, newest.root)
}

func checkKept(name string, files map[string][]byte, newest checkpoint, verifier note.Verifier) error {
	older, err := open(files[name], verifier)
	if err != nil {
		return err
	}
	lines := strings.Fields(string(files[name+".consistency"]))
	path, err := hashes(lines)
	if err != nil {
		return err
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, older.size, newest.size, path, older.root, newest.root)
}

func hasConsistency(files map[string][]byte, name string) bool {
	_, there := files[name+".consistency"]
	return there
}

func read(archive string) (map[string][]byte, error) {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	files := map[string][]byte{}
	for _, file := range reader.File {
		if _, twice := files[file.Name]; twice {
			return nil, fmt.Errorf("%s is there twice", file.Name)
		}
		content, err := file.Open()
		if err != nil {
			return nil, err
		}
		if files[file.Name], err = io.ReadAll(io.LimitReader(content, 64<<20)); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	return files, nil
}

func check(key, archive string) (int, []byte, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return 0, nil, err
	}
	files, err := read(archive)
	if err != nil {
		return 0, nil, err
	}
	newest, err := open(files["checkpoint"], verifier)
	if err != nil {
		return 0, nil, err
	}
	entries := 0
	for name := range files {
		switch {
		case strings.HasPrefix(name, "entries/"):
			err = checkEntry(name, files, newest, verifier)
			entries++
		case hasConsistency(files, name):
			err = checkKept(name, files, newest, verifier)
		}
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if entries == 0 {
		return 0, nil, fmt.Errorf("no entry is in it")
	}
	return entries, newest.root, nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: evidence VERIFIER_KEY FILE.zip")
		os.Exit(2)
	}
	entries, root, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(entries, hex.EncodeToString(root))
}
