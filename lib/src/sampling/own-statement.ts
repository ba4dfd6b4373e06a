/** Marks orchlab's own statements, behind their first word, so that they can be left out of the experiment's. */
export const ownStatementMark = '/* orchlab */';
