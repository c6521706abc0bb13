// Several at a time, but not all at once: a Worker may have six connections that wait for headers.

/** What the platform lets one invocation have open. */
export const connectionsAtOnce = 6

/** Does the work for each, at most `most` at a time, and answers in their order. The first that fails ends it: what is
 *  under way goes on, nothing more begins. Nothing here is shared between requests. */
export const atMost = async <Item, Answer>(
  most: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> => {
  const answers: Answer[] = []
  let next = 0
  let failed = false
  const worker = async () => {
    while (next < items.length && !failed) {
      const at = next++
      try {
        answers[at] = await work(items[at] as Item) // `at` is below the length
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
  return answers
}
