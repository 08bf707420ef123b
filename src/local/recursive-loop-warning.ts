/** Says that a function invokes itself, and the remedy. Never item content: that includes keys. */
export function recursiveLoopWarning(handler: string, table: string, times: number): string {
  return (
    `${handler} seems to invoke itself: handling a change of an item of ${table} led to another change of that item, ` +
    `${times} times in a row, and to none while the mapping waited. If the function writes to the item that it handles, ` +
    "exclude these writes from its route: onModify(not(ownWrite('derivedFrom')), handler)."
  );
}
