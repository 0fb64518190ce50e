// Command wiregen writes the Go code of package wire from its description of the API.
//
//	wiregen connect.api DIR
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: wiregen connect.api DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

func run(description, dir string) error {
	f, err := os.Open(description)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := parse(f)
	if err != nil {
		return fmt.Errorf("%s: %w", description, err)
	}
	files, err := a.files()
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil { //nolint:gosec // source code
			return err
		}
	}
	return nil
}
