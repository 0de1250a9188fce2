/** The maps of the config that hold what runs, in the order in which problems are told. */
export const KINDS = ["services", "functions", "jobs", "workerPools"] as const;

/** Those of them that are called by a URL. */
export const RECEIVERS = ["services", "functions"] as const;
