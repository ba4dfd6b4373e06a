/** The longest that a timer of Node waits, 2^31 - 1 ms or 24 days, in whole seconds. One that is to wait longer fires at once. */
export const longestTimerSeconds = 2_147_483;
