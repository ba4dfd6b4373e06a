#!/bin/sh
# A task that always fails: choose it with `script: failing-task.sh` to see how failures are counted.
echo "this task fails on purpose" >&2
exit 3
