#!/bin/sh
# The task of perf-task.sh, but those that start in second STALL_AT_SECOND (default 4) of their scheduler's life stop it for
# STALL_SECONDS (default 1.5, at least 1): as a long garbage collection does, a full disk, or a virtual machine that is being moved.
[ -z "${ORCHLAB_EVIDENCE:-}" ] || echo "${run_id:-?} ${task_index:-?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"
age=$(ps -o etimes= -p "$PPID" | tr -d ' ')
if [ "${age:-0}" -eq "${STALL_AT_SECOND:-4}" ]; then
  kill -STOP "$PPID"
  sleep "${STALL_SECONDS:-1.5}"
  kill -CONT "$PPID"
fi
echo "ORK_OUTPUT:{\"task_index\": ${task_index:-0}}"
exec sleep "${TASK_DURATION:-0.1}"
