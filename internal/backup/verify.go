package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/store"
)

// young is how old bytes without a row may be on a running server: it writes bytes before their row.
const young = 2 * attachment.UploadTime

// Verify reads all data and reports what is wrong with it. It fails when the data cannot be read at all.
func Verify(ctx context.Context, from Source, now time.Time) (report *store.Report, err error) {
	reader, err := store.OpenReader(ctx, store.Options{Dir: from.Dir, Database: from.Database})
	if errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrLog) {
		what := "damages of the file"
		if errors.Is(err, store.ErrLog) {
			what = "missing logs"
		}
		return &store.Report{Problems: []store.Problem{{What: what, Count: 1, First: err.Error()}}}, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if reader.State.Schema > reader.State.Known {
		return nil, fmt.Errorf("the data is of a newer version of Tasklane (schema %d, this version knows %d): use that version",
			reader.State.Schema, reader.State.Known)
	}
	if report, err = reader.Verify(ctx); err != nil || from.Attachments == "" {
		return report, err
	}
	return report, verifyFiles(ctx, report, reader, from.Attachments, now)
}

// verifyFiles compares the rows of attached files with the directory.
func verifyFiles(ctx context.Context, report *store.Report, reader *store.Reader, dir string, now time.Time) error {
	rows := map[string]store.StoredFile{}
	var missing []store.StoredFile
	for _, f := range report.Files {
		rows[f.Instance+"/"+f.ID] = f
		if f.State != attachment.Approved {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, f.Instance, f.ID))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, f)
		case err != nil:
			return err
		case info.Size() != f.Size:
			report.Add("attached files of another size than their rows say", f.Instance+"/"+f.ID)
		}
	}
	if err := reportMissing(ctx, report, reader, missing); err != nil {
		return err
	}
	instances, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, i := range instances {
		if !i.IsDir() || !ours(i.Name()) {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, i.Name()))
		if err != nil {
			return err
		}
		for _, f := range files {
			id, _, _ := strings.Cut(f.Name(), ".")
			if _, known := rows[i.Name()+"/"+id]; known || !ours(id) {
				continue
			}
			if info, err := f.Info(); err == nil && (!reader.Running && reader.Engine == "sqlite" || now.Sub(info.ModTime()) > young) {
				report.Add("attached files without a row", i.Name()+"/"+f.Name())
			}
		}
	}
	return nil
}

// reportMissing reports files that are not there although their rows still say so: bytes go before their row.
func reportMissing(ctx context.Context, report *store.Report, reader *store.Reader, missing []store.StoredFile) error {
	if len(missing) == 0 {
		return nil
	}
	now, err := reader.Files(ctx)
	if err != nil {
		return err
	}
	still := map[string]bool{}
	for _, f := range now {
		still[f.Instance+"/"+f.ID] = f.State == attachment.Approved
	}
	for _, f := range missing {
		if name := f.Instance + "/" + f.ID; still[name] {
			report.Add("rows of attached files without the file", name)
		}
	}
	return nil
}
