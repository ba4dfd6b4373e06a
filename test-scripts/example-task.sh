#!/bin/sh
# An example of a task that says what it does. Choose it with `script: example-task.sh` in a config.
set -eu
# A line a start, in one append: orchlab counts executions by it, not by the orchestrator's word.
[ -z "${ORCHLAB_EVIDENCE:-}" ] || echo "${run_id:-?} ${task_index:-?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"
echo "task ${task_index:-?} of run ${run_id:-?} (workflow ${workflow_name:-?}, execution ${EXECUTION_ID:-?})"
sleep "${TASK_DURATION:-1}"
echo "ORK_OUTPUT:{\"status\": \"ok\", \"task_index\": ${task_index:-0}}"
