package files

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/fault"
)

// Prefix is the path under which files are served.
const Prefix = "/_files/"

// pass is what a signed URL allows: one method on one file of one size, until a time.
type pass struct {
	method   string
	instance string
	id       string
	size     int64
	expires  int64 // epoch seconds
}

// sign returns the signature of a pass. It binds everything there is in it.
func (f *Files) sign(ctx context.Context, p pass) ([]byte, error) {
	key, err := f.secrets.Secret(ctx, "files")
	if err != nil {
		return nil, fmt.Errorf("sign a URL: %w", err)
	}
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%s\n%s\n%s\n%d\n%d", p.method, p.instance, p.id, p.size, p.expires)
	return mac.Sum(nil), nil
}

// UploadLink is where the bytes of a file are to be put, and with which headers.
func (f *Files) UploadLink(ctx context.Context, instance string, file *attachment.File, life time.Duration) (attachment.Link, error) {
	link, err := f.link(ctx, http.MethodPut, instance, file, life)
	link.Headers = map[string]string{"Content-Type": attachment.ContentType(file.Name)}
	return link, err
}

// DownloadLink is where the bytes of a file can be had.
func (f *Files) DownloadLink(ctx context.Context, instance string, file *attachment.File, life time.Duration) (attachment.Link, error) {
	return f.link(ctx, http.MethodGet, instance, file, life)
}

func (f *Files) link(ctx context.Context, method, instance string, file *attachment.File, life time.Duration) (attachment.Link, error) {
	i, err := f.engine.Instance(instance)
	if err != nil {
		return attachment.Link{}, err
	}
	expires := f.engine.Now().Add(life).Truncate(time.Second)
	p := pass{method, i.ID, file.ID, file.Size, expires.Unix()}
	signature, err := f.sign(ctx, p)
	if err != nil {
		return attachment.Link{}, err
	}
	query := url.Values{
		"expires": {strconv.FormatInt(p.expires, 10)}, "size": {strconv.FormatInt(p.size, 10)},
		"signature": {base64.RawURLEncoding.EncodeToString(signature)},
	}
	to := strings.TrimRight(f.baseURL, "/") + Prefix + p.instance + "/" + p.id + "?" + query.Encode()
	return attachment.Link{URL: to, Expires: expires}, nil
}

// check reads the pass of a request. It fails with [fault.Denied] when it is not signed or has expired.
func (f *Files) check(r *http.Request) (pass, error) {
	query := r.URL.Query()
	p := pass{method: r.Method, instance: r.PathValue("instance"), id: r.PathValue("id")}
	var badSize, badTime error
	p.size, badSize = strconv.ParseInt(query.Get("size"), 10, 64)
	p.expires, badTime = strconv.ParseInt(query.Get("expires"), 10, 64)
	given, badSignature := base64.RawURLEncoding.DecodeString(query.Get("signature"))
	signature, err := f.sign(r.Context(), p)
	if err != nil {
		return p, err
	}
	if errors.Join(badSize, badTime, badSignature) != nil || !hmac.Equal(given, signature) {
		return p, fault.New(fault.Denied, "The URL is not signed for this")
	}
	if f.engine.Now().Unix() >= p.expires {
		return p, fault.New(fault.Denied, "The URL has expired")
	}
	return p, nil
}

// Complete ends an upload; see [engine.Engine.CompleteUpload]. It also fails with [fault.Unusable] when the bytes are
// not there.
func (f *Files) Complete(ctx context.Context, instance, resource, idOrARN string) error {
	i, err := f.engine.Instance(instance)
	if err != nil {
		return err
	}
	file, err := f.engine.AttachedFile(ctx, i.ID, resource, idOrARN)
	if err != nil {
		return err
	}
	if file.State == attachment.Uploading {
		err := f.disk.promote(i.ID, file.ID)
		if errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Unusable, "File %s has not been uploaded to its URL", file.ID)
		}
		if err != nil {
			return fmt.Errorf("complete file %s: %w", file.ID, err)
		}
	}
	err = f.engine.CompleteUpload(ctx, i.ID, resource, file.ID)
	if fault.Is(err, fault.NotFound) { // deleted meanwhile; its bytes may have come after their removal
		return errors.Join(err, f.disk.remove(i.ID, file.ID))
	}
	return err
}
