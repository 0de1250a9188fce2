// Builds what runs as JavaScript, where its sources have changed: the policy pack, and the services' bundles.
await import("../policy/tools/build-if-stale.mjs");
await import("../services/runtime/tools/build-if-stale.mjs");
