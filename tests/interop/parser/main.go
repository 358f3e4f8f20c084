// Reads a receipt with the parser of github.com/transparency-dev/formats, writes it again, and prints its index, the
// number of its hashes and the length of what it carries.
//
//	parser FILE
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/transparency-dev/formats/proof"
)

func run(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var read proof.TLogProof
	if err := read.Unmarshal(content); err != nil {
		return err
	}
	if !bytes.Equal(read.Marshal(), content) {
		return fmt.Errorf("written again it is another file")
	}
	fmt.Println(read.Index, len(read.Hashes), len(read.ExtraData))
	return nil
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
