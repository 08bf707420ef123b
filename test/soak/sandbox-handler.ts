/** The code in the sandboxes of `loads/reload-load.ts`. */
export const handler = async ({ endless }: { readonly endless?: true }): Promise<object> => {
  while (endless);
  return { batchItemFailures: [] };
};
