package attachment

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/fault"
)

// types are the files that may be attached, by extension, and what they are served as
// (https://docs.aws.amazon.com/connect/latest/adminguide/feature-limits.html).
var types = map[string]string{
	"csv":  "text/csv",
	"doc":  "application/msword",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"heic": "image/heic",
	"jfif": "image/jpeg",
	"jpeg": "image/jpeg",
	"jpg":  "image/jpeg",
	"mov":  "video/quicktime",
	"mp4":  "video/mp4",
	"pdf":  "application/pdf",
	"png":  "image/png",
	"ppt":  "application/vnd.ms-powerpoint",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"rtf":  "application/rtf",
	"txt":  "text/plain",
	"wav":  "audio/wav",
	"xls":  "application/vnd.ms-excel",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// Extensions are those of the files that may be attached, sorted.
func Extensions() []string { return slices.Sorted(maps.Keys(types)) }

// The reasons of refusals, as programs read them (InvalidRequestException.Reason,
// ServiceQuotaExceededException.Reason).
const (
	InvalidName  = "INVALID_FILE_NAME"
	InvalidType  = "INVALID_FILE_TYPE"
	InvalidSize  = "INVALID_FILE_SIZE"
	TooManyFiles = "TOTAL_FILE_COUNT_EXCEEDED"
	TooManyBytes = "TOTAL_FILE_SIZE_EXCEEDED"
)

const (
	maxName   = 256  // characters of a file's name
	maxSource = 2000 // characters of a URL
	megabyte  = 1 << 20
)

// CheckName reports whether a file may have this name.
// It fails with [fault.Unusable], for a reason: the name is a path or holds what cannot be seen
// ([InvalidName]), or its extension is not one that may be attached ([InvalidType]).
func CheckName(name string) error {
	unseen := func(r rune) bool { return unicode.Is(unicode.C, r) || r == utf8.RuneError }
	switch {
	case name == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unseen):
		return refused(fault.Unusable, InvalidName, "FileName must have 1 to %d printable characters", maxName)
	case strings.ContainsAny(name, `/\`) || strings.Trim(name, ". ") == "":
		return refused(fault.Unusable, InvalidName, "FileName %q must be the name of a file, not a path", name)
	case types[extension(name)] == "":
		return refused(fault.Unusable, InvalidType, "FileName %q: files with extension %q cannot be attached", name, extension(name))
	}
	return nil
}

// ContentType is what a file of this name is served as.
func ContentType(name string) string {
	if t := types[extension(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// CheckSource reports whether a file can be fetched from a URL. It fails with [fault.Invalid].
func CheckSource(source string) error {
	u, err := url.Parse(source)
	switch {
	case source == "" || utf8.RuneCountInString(source) > maxSource:
		return fault.New(fault.Invalid, "Attachments: S3Url must have 1 to %d characters", maxSource)
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return fault.New(fault.Invalid, "Attachments: S3Url must be an absolute URL that begins with https:// or http://")
	case u.User != nil:
		return fault.New(fault.Invalid, "Attachments: S3Url must not hold a user name or a password")
	}
	return nil
}

// Limits bound the files of one contact; 0 is no limit.
type Limits struct {
	Megabytes      int // of each file
	Files          int
	TotalMegabytes int
}

// MaxBytes is the size that a file may have; 0 for any.
func (l Limits) MaxBytes() int64 { return int64(l.Megabytes) * megabyte }

// CheckSize reports whether a file may have a size, in bytes. It fails with [fault.Unusable] for the reason
// [InvalidSize].
func (l Limits) CheckSize(size int64) error {
	switch {
	case size < 1:
		return refused(fault.Unusable, InvalidSize, "The file is empty")
	case l.Megabytes > 0 && size > l.MaxBytes():
		return refused(fault.Unusable, InvalidSize, "The file has %d bytes, more than %d MB", size, l.Megabytes)
	}
	return nil
}

// CheckTotal reports whether a contact with these files has room for more, and for more bytes.
// It fails with [fault.Quota] for the reasons [TooManyFiles] and [TooManyBytes].
func (l Limits) CheckTotal(files []*File, more int, bytes int64) error {
	count := more
	for _, f := range files {
		if f.State == Deleted {
			continue
		}
		count++
		if f.State != Rejected && f.State != Failed { // those have no bytes
			bytes += f.Size
		}
	}
	switch {
	case l.Files > 0 && more > 0 && count > l.Files:
		return refused(fault.Quota, TooManyFiles, "A contact can have at most %d files", l.Files)
	case l.TotalMegabytes > 0 && bytes > int64(l.TotalMegabytes)*megabyte:
		return refused(fault.Quota, TooManyBytes, "The files of a contact can have at most %d MB together", l.TotalMegabytes)
	}
	return nil
}

func refused(kind fault.Kind, reason, format string, args ...any) error {
	f := fault.New(kind, format, args...)
	f.Reason = reason
	return f
}
