package attachment

// Storage is where an instance keeps what it makes of one resource type, such as attached files. It names a bucket or a
// stream of Amazon's, as Amazon Connect does. The one of [Resource] says that the instance takes attached files, whose bytes
// are in a directory of the server's all the same; the others are kept and told, and nothing is written to them
// (docs/divergences.md).
type Storage struct {
	Resource       string      `json:"-"`              // resource type, such as CHAT_TRANSCRIPTS; empty: ATTACHMENTS
	Type           string      `json:"type,omitempty"` // such as KINESIS_STREAM; empty: S3
	Bucket         string      `json:"bucket"`
	Prefix         string      `json:"prefix"` // of S3 and of a video stream
	Stream         string      `json:"stream,omitempty"`
	RetentionHours int         `json:"retentionHours,omitempty"` // of a video stream
	Encryption     *Encryption `json:"encryption,omitempty"`
}

// Encryption is how a bucket or a video stream is encrypted.
type Encryption struct {
	Type string `json:"type"`
	Key  string `json:"key"` // ARN
}

// Resource is the resource type of the storage of attached files (InstanceStorageResourceType). An instance has
// at most one of it, and takes no files without it.
const Resource = "ATTACHMENTS"
