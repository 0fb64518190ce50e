package river

import (
	"context"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/store/pgtest"
)

func TestMeasure(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	load := Load{Jobs: 100, Inserters: 3} // not a multiple: the last round is a short one
	got, err := Measure(ctx, pgtest.URL(t), load)
	if err != nil {
		t.Fatal(err)
	}
	if got.Jobs != load.Jobs || got.JobsPerSecond <= 0 || got.InsertToWork.P50 <= 0 || got.InsertToWork.P99 < got.InsertToWork.P50 {
		t.Errorf("Measure(%+v) = %+v", load, got)
	}
}
