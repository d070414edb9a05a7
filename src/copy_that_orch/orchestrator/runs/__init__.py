"""Inside a `PipelineCoordinator`: the loop of a run, its tasks, stage batches and calls."""
