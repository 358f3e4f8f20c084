// Cosignatures and the witness protocol with programs that are not ours: golang.org/x/mod/sumdb and transparency-dev/formats.
//
//	witness check LOG_KEY CHECKPOINT WITNESS_KEY...   who signed it, a name a line; ends with 1 if one of these did not
//	witness feed  URL WITNESS_KEY NAME SEED           a log of its own, fed to a witness as the protocol says and as it does not
//	witness key   NAME SEED                           the verifier key of that log
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"filippo.io/torchwood"
	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}

func must[T any](value T, err error) T {
	if err != nil {
		fail("%v", err)
	}
	return value
}

// check verifies a note by the keys of its log and of its witnesses, all of which must have signed.
func check(logKey string, text []byte, witnessKeys []string) {
	verifiers := []note.Verifier{must(note.NewVerifier(logKey))}
	for _, key := range witnessKeys {
		verifiers = append(verifiers, must(formats.NewVerifierForCosignatureV1(key)))
	}
	opened := must(note.Open(text, note.VerifierList(verifiers...)))
	if len(opened.Sigs) != len(verifiers) {
		fail("%d of %d signed", len(opened.Sigs), len(verifiers))
	}
	must(torchwood.ParseCheckpoint(opened.Text))
	for _, signature := range opened.Sigs[1:] {
		signed := must(formats.CoSigV1Timestamp(signature))
		if age := time.Since(signed); age < -time.Minute || age > time.Hour {
			fail("%s says that it signed at %v", signature.Name, signed)
		}
		fmt.Println(signature.Name)
	}
}

// madeLog is a log of x/mod/sumdb, kept in memory.
type madeLog struct {
	signer   note.Signer
	verifier string
	hashes   []tlog.Hash
	size     int64
}

func newLog(name, seed string) *madeLog {
	key := sha256.Sum256([]byte(seed))
	private := ed25519.NewKeyFromSeed(key[:])
	verifier := must(note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey)))
	hash := strings.Split(verifier, "+")[1]
	signer := must(note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, key[:]...))))
	return &madeLog{signer: signer, verifier: verifier}
}

func (l *madeLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, index := range indexes {
		read = append(read, l.hashes[index])
	}
	return read, nil
}

func (l *madeLog) grow(to int64) {
	for ; l.size < to; l.size++ {
		l.hashes = append(l.hashes, must(tlog.StoredHashes(l.size, []byte(fmt.Sprintf("record %d", l.size)), l))...)
	}
}

func (l *madeLog) checkpoint(size int64) []byte {
	root := must(tlog.TreeHash(size, l))
	if size == 0 {
		root = sha256.Sum256(nil)
	}
	text := torchwood.Checkpoint{Origin: l.signer.Name(), Tree: tlog.Tree{N: size, Hash: root}}.String()
	return must(note.Sign(&note.Note{Text: text}, l.signer))
}

func (l *madeLog) request(from, to int64) []byte {
	var body bytes.Buffer
	fmt.Fprintf(&body, "old %d\n", from)
	if from > 0 {
		for _, hash := range must(tlog.ProveTree(to, from, l)) {
			fmt.Fprintf(&body, "%s\n", hash)
		}
	}
	fmt.Fprintf(&body, "\n%s", l.checkpoint(to))
	return body.Bytes()
}

func post(url string, body []byte) (int, string, string) {
	answer := must(http.Post(strings.TrimSuffix(url, "/")+"/add-checkpoint", "", bytes.NewReader(body)))
	defer answer.Body.Close()
	text := must(io.ReadAll(answer.Body))
	return answer.StatusCode, string(text), answer.Header.Get("Content-Type")
}

func expect(what string, status, wanted int) {
	if status != wanted {
		fail("%s: status %d, not %d", what, status, wanted)
	}
}

// feed shows a witness a log that grows, and then what it must refuse.
func feed(url, witnessKey string, log *madeLog) {
	log.grow(3000)
	sizes := []int64{1, 2, 3, 7, 8, 255, 256, 257, 1000, 1024, 1025, 2999, 2999, 3000}
	from := int64(0)
	for _, size := range sizes {
		status, line, _ := post(url, log.request(from, size))
		if status != 200 {
			fail("from %d to %d: status %d: %s", from, size, status, line)
		}
		cosigned := append(log.checkpoint(size), line...)
		check(log.verifier, cosigned, []string{witnessKey})
		from = size
	}
	status, body, kind := post(url, log.request(5, 3000))
	expect("an old size that is not the witness's", status, 409)
	if body != "3000\n" || kind != "text/x.tlog.size" {
		fail("409 with %q of type %q", body, kind)
	}
	other := newLog(log.signer.Name(), "another key")
	other.grow(3100)
	status, _, _ = post(url, other.request(3000, 3100))
	expect("another key", status, 403)
	unknown := newLog("unknown.example/log", "seed")
	unknown.grow(1)
	status, _, _ = post(url, unknown.request(0, 1))
	expect("an unknown log", status, 404)
	log.grow(3100)
	wrong := bytes.Replace(log.request(3000, 3100), []byte("old 3000\n"), []byte("old 3000\n"+log.hashes[0].String()+"\n"), 1)
	status, _, _ = post(url, wrong)
	expect("a proof with a hash more", status, 422)
	status, _, _ = post(url, []byte("old 3001\n\n"+string(log.checkpoint(3000))))
	expect("an old size beyond the new", status, 400)
	fork := &madeLog{signer: log.signer, verifier: log.verifier}
	fork.hashes = append(fork.hashes, must(tlog.StoredHashes(0, []byte("another record"), fork))...)
	fork.size = 1
	fork.grow(3000)
	status, _, _ = post(url, []byte("old 3000\n\n"+string(fork.checkpoint(3000))))
	expect("another root of the same size", status, 422)
	status, _, _ = post(url, log.request(3000, 3100))
	expect("going on", status, 200)
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) >= 3 && arguments[0] == "check" {
		check(arguments[1], must(os.ReadFile(arguments[2])), arguments[3:])
		return
	}
	if len(arguments) == 5 && arguments[0] == "feed" {
		feed(arguments[1], arguments[2], newLog(arguments[3], arguments[4]))
		return
	}
	if len(arguments) == 3 && arguments[0] == "key" {
		fmt.Println(newLog(arguments[1], arguments[2]).verifier)
		return
	}
	fail("see the head of main.go")
}
