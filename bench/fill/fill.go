// Package fill fills a database through the store's own way of writing.
package fill

import (
	"context"
	"errors"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

const (
	perCommand = 64
	writers    = 8
)

// Write has put write the rows 0 to n-1, many in one transaction and some transactions at once.
func Write(ctx context.Context, st *store.Store, instance string, n int, put func(tx engine.Tx, i int)) error {
	commands := make(chan int)
	failed := make(chan error, writers)
	for range writers {
		go func() {
			var err error
			for from := range commands {
				if err == nil {
					err = st.Update(ctx, instance, func(tx engine.Tx) error {
						for i := from; i < min(n, from+perCommand); i++ {
							put(tx, i)
						}
						return nil
					})
				}
			}
			failed <- err
		}()
	}
	for from := 0; from < n; from += perCommand {
		commands <- from
	}
	close(commands)
	var err error
	for range writers {
		err = errors.Join(err, <-failed)
	}
	return err
}
