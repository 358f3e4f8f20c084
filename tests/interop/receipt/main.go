// Checks a receipt with programs that are not ours: the signed note by golang.org/x/mod/sumdb/note, the path by
// transparency-dev/merkle. What is read by hand is the file around them, as https://c2sp.org/tlog-proof says. Prints
// the index and the size, or says what does not fit and ends with 1.
//
//	receipt VERIFIER_KEY FILE
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

var base64Strict = base64.StdEncoding.Strict()

type receipt struct {
	record     []byte
	index      uint64
	path       [][]byte
	checkpoint string
}

// number takes a decimal in its one form.
func number(text string) (uint64, error) {
	value, err := strconv.ParseUint(text, 10, 64)
	if err == nil && strconv.FormatUint(value, 10) != text {
		err = fmt.Errorf("%q has leading zeros", text)
	}
	return value, err
}

func parse(content string) (receipt, error) {
	var r receipt
	head, checkpoint, found := strings.Cut(content, "\n\n")
	if !found {
		return r, fmt.Errorf("no empty line parts the proof from the checkpoint")
	}
	r.checkpoint = checkpoint
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || len(lines) < 3 {
		return r, fmt.Errorf("the first line is %q", lines[0])
	}
	extra, found := strings.TrimPrefix(lines[1], "extra "), strings.HasPrefix(lines[1], "extra ")
	if !found {
		return r, fmt.Errorf("there is no record in the receipt")
	}
	var err error
	if r.record, err = base64Strict.DecodeString(extra); err != nil {
		return r, err
	}
	index, found := strings.TrimPrefix(lines[2], "index "), strings.HasPrefix(lines[2], "index ")
	if !found {
		return r, fmt.Errorf("the third line tells no index")
	}
	if r.index, err = number(index); err != nil {
		return r, err
	}
	for _, line := range lines[3:] {
		hash, err := base64Strict.DecodeString(line)
		if err != nil || len(hash) != rfc6962.DefaultHasher.Size() {
			return r, fmt.Errorf("%q is no hash", line)
		}
		r.path = append(r.path, hash)
	}
	return r, nil
}

func check(r receipt, verifier note.Verifier) (uint64, error) {
	signed, err := note.Open([]byte(r.checkpoint), note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return 0, fmt.Errorf("the checkpoint is of %q, not of %q", lines[0], verifier.Name())
	}
	size, err := number(lines[1])
	if err != nil {
		return 0, err
	}
	root, err := base64Strict.DecodeString(lines[2])
	if err != nil || len(root) != rfc6962.DefaultHasher.Size() {
		return 0, fmt.Errorf("%q is no root", lines[2])
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(r.record)
	return size, proof.VerifyInclusion(rfc6962.DefaultHasher, r.index, size, leaf, r.path, root)
}

func run(key, file string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	r, err := parse(string(content))
	if err != nil {
		return err
	}
	size, err := check(r, verifier)
	if err != nil {
		return err
	}
	fmt.Println(r.index, size)
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: receipt VERIFIER_KEY FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
