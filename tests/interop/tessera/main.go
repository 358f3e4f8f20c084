// Tessera (https://github.com/transparency-dev/tessera), another implementation of logs made of tiles: asks its fsck about
// a mirror of ours, and makes a log of its own for our verifier.
//
//	tessera fsck VERIFIER_KEY FOLDER [WORKERS]    prints {"entries", "seconds"}, or says what is wrong and ends with 1
//	tessera make FOLDER ENTRIES BYTES             prints {"verifier", "entries"}
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// Its fsck waits for ever on some damaged logs: whoever checks many ends it then.
const longest = 10 * time.Minute

func leaves(bundle []byte) ([][]byte, error) {
	entries := &api.EntryBundle{}
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(entries.Entries))
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

func check(key, folder string, workers uint) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	files := &client.FileFetcher{Root: folder}
	signed, err := files.ReadCheckpoint(context.Background())
	if err != nil {
		return err
	}
	checkpoint, _, _, err := log.ParseCheckpoint(signed, verifier.Name(), verifier)
	if err != nil {
		return err
	}
	began := time.Now()
	done := make(chan error, 1)
	go func() {
		done <- fsck.New(verifier.Name(), verifier, files, leaves, fsck.Opts{N: workers}).Check(context.Background())
	}()
	select {
	case err = <-done:
	case <-time.After(longest):
		err = errors.New("it does not end")
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"entries": checkpoint.Size, "seconds": time.Since(began).Seconds()})
}

// What no two entries share, so that none may stand for another.
func entry(number, bytes int) []byte {
	content := make([]byte, bytes)
	copy(content, fmt.Sprintf("entry %d ", number))
	return content
}

func fill(ctx context.Context, folder, private string, entries, bytes int) error {
	signer, err := note.NewSigner(private)
	if err != nil {
		return err
	}
	driver, err := posix.New(ctx, posix.Config{Path: folder})
	if err != nil {
		return err
	}
	options := tessera.NewAppendOptions().WithCheckpointSigner(signer).WithBatching(4096, 100*time.Millisecond).
		WithCheckpointInterval(100 * time.Millisecond)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return err
	}
	published := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 100*time.Millisecond)
	const window = 4096 // it takes no more at once
	var waiting []tessera.IndexFuture
	for number := 0; number < entries; number++ {
		waiting = append(waiting, appender.Add(ctx, tessera.NewEntry(entry(number, bytes))))
		if len(waiting) < window && number+1 < entries {
			continue
		}
		for _, one := range waiting {
			if _, err := one(); err != nil {
				return err
			}
		}
		last := waiting[len(waiting)-1]
		waiting = nil
		if number+1 == entries {
			if _, _, err := published.Await(ctx, last); err != nil {
				return err
			}
		}
	}
	return shutdown(ctx)
}

func begin(folder string, entries, bytes int) error {
	private, public, err := note.GenerateKey(rand.Reader, "example.org/tessera")
	if err != nil {
		return err
	}
	if err := fill(context.Background(), folder, private, entries, bytes); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"verifier": public, "entries": entries})
}

func run(words []string) error {
	if len(words) >= 3 && words[0] == "fsck" {
		workers := 2
		if len(words) > 3 {
			var err error
			if workers, err = strconv.Atoi(words[3]); err != nil {
				return err
			}
		}
		return check(words[1], words[2], uint(workers))
	}
	if len(words) == 4 && words[0] == "make" {
		entries, err := strconv.Atoi(words[2])
		if err != nil {
			return err
		}
		bytes, err := strconv.Atoi(words[3])
		if err != nil {
			return err
		}
		return begin(words[1], entries, bytes)
	}
	return errors.New("usage: tessera fsck VERIFIER_KEY FOLDER [WORKERS] | tessera make FOLDER ENTRIES BYTES")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
