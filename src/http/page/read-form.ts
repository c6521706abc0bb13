// A posted form, read no further than a ballot may be long.

/** null: too long. */
export const readForm = async (request: Request, limitBytes: number): Promise<URLSearchParams | null> => {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limitBytes) return null
    text += decoder.decode(chunk, { stream: true })
  }
  return new URLSearchParams(text + decoder.decode())
}
