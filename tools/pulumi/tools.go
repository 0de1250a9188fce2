//go:build tools

// Package tools pins the Pulumi CLI for machines that can reach a Go module proxy and no Pulumi release. It is built by
// sandbox/engine/cli/build-pulumi.ts; the version is also named in sandbox/engine/cli/find-pulumi.ts.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
