// Checks an archive of evidence with programs that are not ours: signed notes by golang.org/x/mod/sumdb, proofs by
// transparency-dev/merkle. Prints how many entries hold, the root, and which witnesses signed a checkpoint in it; or says
// what does not fit and ends with 1. The keys are the log's, earlier ones too, and witnesses'.
//
//	evidence FILE.zip KEY...
package main

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sort"
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

// witness is a key of c2sp.org/tlog-cosignature: its signature begins with its time, and is over that and the text.
type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(w.public, []byte(message), signature[8:])
}

func newWitness(key string) (note.Verifier, error) {
	parts := strings.SplitN(key, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("%q is no key", key)
	}
	bytes, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(bytes) != 1+ed25519.PublicKeySize || bytes[0] != 4 {
		return nil, fmt.Errorf("%q is no key of a log, nor of a witness", key)
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), bytes...))
	if hex.EncodeToString(digest[:4]) != parts[1] {
		return nil, fmt.Errorf("%q is not whole", key)
	}
	return witness{parts[0], binary.BigEndian.Uint32(digest[:4]), bytes[1:]}, nil
}

// known is whose signatures count.
type known struct {
	origin    string
	all       []note.Verifier
	cosigners map[string]bool // who did sign
}

func readKeys(keys []string) (*known, error) {
	k := &known{cosigners: map[string]bool{}}
	for _, key := range keys {
		if log, err := note.NewVerifier(key); err == nil {
			if k.origin != "" && k.origin != log.Name() {
				return nil, fmt.Errorf("the keys are of two logs")
			}
			k.origin = log.Name()
			k.all = append(k.all, log)
			continue
		}
		one, err := newWitness(key)
		if err != nil {
			return nil, err
		}
		k.all = append(k.all, one)
	}
	return k, nil
}

// text is a note's, if a key of the log signed it. note.Open refuses a line of a known key that is not over it.
func (k *known) text(signed []byte) (string, error) {
	opened, err := note.Open(signed, note.VerifierList(k.all...))
	if err != nil {
		return "", err
	}
	ours := false
	for _, signature := range opened.Sigs {
		ours = ours || signature.Name == k.origin
		if signature.Name != k.origin {
			k.cosigners[signature.Name] = true
		}
	}
	if !ours {
		return "", fmt.Errorf("%q did not sign it", k.origin)
	}
	return opened.Text, nil
}

// open checks the signature and the text, and nothing is taken on trust: no leading zeros, a root of 32 bytes.
func open(signed []byte, keys *known) (checkpoint, error) {
	text, err := keys.text(signed)
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != keys.origin || lines[3] != "" {
		return checkpoint{}, fmt.Errorf("the checkpoint is of %q, not of %q", lines[0], keys.origin)
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

func checkEntry(name string, files map[string][]byte, newest checkpoint, keys *known) error {
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
	if _, err := open(signed, keys); err != nil {
		return err
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(files[name])
	return proof.VerifyInclusion(rfc6962.DefaultHasher, index, newest.size, leaf, path, newest.root)
}

func checkKept(name string, files map[string][]byte, newest checkpoint, keys *known) error {
	older, err := open(files[name], keys)
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

// checkHistory finds that a key that is known signed which keys there were, and each of those whole.
func checkHistory(signed []byte, keys *known) error {
	text, err := keys.text(signed)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != keys.origin+"/key-history" || len(lines) < 2 {
		return fmt.Errorf("it is no history of keys")
	}
	for _, line := range lines[1:] {
		if _, err := note.NewVerifier(strings.Split(line, " ")[0]); err != nil {
			return err
		}
	}
	return nil
}

func check(archive string, keys *known) (int, []byte, error) {
	files, err := read(archive)
	if err != nil {
		return 0, nil, err
	}
	newest, err := open(files["checkpoint"], keys)
	if err != nil {
		return 0, nil, err
	}
	entries := 0
	for name := range files {
		switch {
		case strings.HasPrefix(name, "entries/"):
			err = checkEntry(name, files, newest, keys)
			entries++
		case hasConsistency(files, name):
			err = checkKept(name, files, newest, keys)
		case name == "key-history":
			err = checkHistory(files[name], keys)
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
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: evidence FILE.zip KEY...")
		os.Exit(2)
	}
	keys, err := readKeys(os.Args[2:])
	var entries int
	var root []byte
	if err == nil {
		entries, root, err = check(os.Args[1], keys)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var cosigners []string
	for name := range keys.cosigners {
		cosigners = append(cosigners, name)
	}
	sort.Strings(cosigners)
	fmt.Println(entries, hex.EncodeToString(root), strings.Join(cosigners, " "))
}
