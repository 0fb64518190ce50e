module github.com/tasklane/tasklane

go 1.26
