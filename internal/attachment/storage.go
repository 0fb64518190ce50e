package attachment

// Storage says that an instance takes attached files. It names a bucket of Amazon S3, as Amazon Connect does; the
// bytes are in a directory of the server's all the same (docs/divergences.md).
type Storage struct {
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix"`
}

// Resource is the resource type of the storage of attached files (InstanceStorageResourceType). An instance has
// at most one of it, and takes no files without it.
const Resource = "ATTACHMENTS"
