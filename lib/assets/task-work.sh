# The work of one task, as the config says it: `. "$ORCHLAB_WORK"` in a task's script does it, and ends the script.
# What is drawn for a task follows from its run's id and its index alone (MD5), so that orchlab can tell afterwards what was asked of it.

orchlab_digest() {
  if command -v md5sum >/dev/null; then md5sum; else md5 -q; fi
}

# Milliseconds since 1970; whole seconds where date knows no more.
orchlab_now() {
  orchlab_ms=$(date +%s%3N)
  case "$orchlab_ms" in
  *N) date +%s000 ;;
  *) echo "$orchlab_ms" ;;
  esac
}

orchlab_began=$(orchlab_now)
orchlab_code=0
orchlab_digits=
[ -z "${TASK_DURATIONS:-}${TASK_FAILING_BELOW:-}" ] ||
  orchlab_digits=$(printf '%s %s' "${run_id:?}" "${task_index:?}" | orchlab_digest)

# A file of the 4096 durations that are as likely as each other: the first three digits choose.
if [ -n "${TASK_DURATIONS:-}" ]; then
  TASK_DURATION=$(sed -n "$((0x${orchlab_digits%"${orchlab_digits#???}"} + 1)){p;q;}" "$TASK_DURATIONS")
fi

# The next six digits say whether the task fails. How often it was begun stands in a file of its own: a line each time.
if [ -n "${TASK_FAILING_BELOW:-}" ]; then
  orchlab_digits=${orchlab_digits#???}
  if [ "$((0x${orchlab_digits%"${orchlab_digits#??????}"}))" -lt "$TASK_FAILING_BELOW" ]; then
    orchlab_attempts=$TASK_ATTEMPTS/$(printf '%s %s' "$run_id" "$task_index" | tr -c 'A-Za-z0-9-' _)
    echo >>"$orchlab_attempts"
    [ "$(wc -l <"$orchlab_attempts")" -gt "$TASK_FAILING_ATTEMPTS" ] || orchlab_code=1
  fi
fi

if [ "${TASK_KIND:-wait}" = cpu ]; then
  perl -MPOSIX=clock -e '1 while clock() < $ARGV[0] * 1e6' "${TASK_DURATION:?}" || exit
else
  sleep "${TASK_DURATION:?}" || exit
fi

# Where the engine's executor is orchlab's own, that says when the task ended.
if [ -n "${ORCHLAB_EVIDENCE:-}" ] && [ -z "${ORCHLAB_EXECUTOR:-}" ]; then
  orchlab_outcome=finished
  [ "$orchlab_code" = 0 ] || orchlab_outcome=failed
  echo "ended $orchlab_began $(orchlab_now) $orchlab_outcome ${run_id:?} ${task_index:?} ${EXECUTION_ID:-?}" >>"$ORCHLAB_EVIDENCE"
fi
[ -z "${TASK_OUTPUT:-}" ] || echo "ORK_OUTPUT:{\"task_index\": ${task_index:-0}, \"payload\": \"$(cat "$TASK_OUTPUT")\"}"
exit "$orchlab_code"
