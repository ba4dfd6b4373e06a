#!/bin/sh
# One task of a performance test: works for TASK_DURATION seconds (default 0.1) and reports a result.
# The orchestrator gives it task_index, run_id, workflow_name and EXECUTION_ID in the environment.
# A line a start, in one append: orchlab counts executions by it, not by the orchestrator's word.
[ -z "${ORCHLAB_EVIDENCE:-}" ] || echo "${run_id:-?} ${task_index:-?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"
# Work that differs from task to task: it does it, and ends this script.
[ -z "${ORCHLAB_WORK:-}" ] || . "$ORCHLAB_WORK"
echo "ORK_OUTPUT:{\"task_index\": ${task_index:-0}}"
# exec: the worker stays one process, and its end is the end of the sleep.
exec sleep "${TASK_DURATION:-0.1}"
