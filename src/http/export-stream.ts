// The body of an export: made as the client takes it. One that fails is cut off, never ended: what has no end is not whole.
import type { ExportWriting } from '../representation/export-formats.ts'

interface ExportParts {
  /** Pages of whole lines. */
  readonly pages: AsyncGenerator<string, void>
  readonly writing: ExportWriting
  /** Called when the client has gone. */
  readonly stop: () => void
  readonly failed: (error: unknown) => void
}

export const exportStream = ({ pages, writing, stop, failed }: ExportParts): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let head = writing.head
  let first = true
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        try {
          let [part, ended] = ['', false]
          while (part === '' && !ended) {
            const { value: lines = '', done = false } = await pages.next()
            part = head + (done ? writing.tail : writing.part(lines, first))
            head = ''
            first &&= lines === ''
            ended = done
          }
          if (part !== '') stream.enqueue(encoder.encode(part))
          if (ended) stream.close()
        } catch (error) {
          failed(error)
          throw error // the stream's error: the connection is cut
        }
      },
      cancel: stop,
    },
    // Nothing is made before it is wanted: the page after is being read already.
    { highWaterMark: 0 },
  )
}
