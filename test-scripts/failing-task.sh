#!/bin/sh
# A task that always fails: choose it with `script: failing-task.sh` to see how failures are counted.
[ -z "${ORCHLAB_EVIDENCE:-}" ] || echo "${run_id:-?} ${task_index:-?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"
echo "this task fails on purpose" >&2
exit 3
