// One Worker of a running stack, by the protocol of its debugger (Chrome DevTools over a WebSocket).

export interface Session {
  /** Answers what the protocol says this method answers. */
  ask(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>
  close(): void
}

interface Answer {
  readonly id?: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

/** Attaches to the Worker `worker`; `port` is where the runtime's debugger listens. */
export const attach = async (port: number, worker: string): Promise<Session> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/core:user:${worker}`)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(gone(worker)), { once: true })
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer // or an event, which has no id
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
  })
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer({ error: { message: gone(worker).message } })
  })
  let last = 0
  return {
    ask: (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id)
          if (error === undefined) resolve(result ?? {})
          else reject(new Error(`${method} of ${worker}: ${error.message}`))
        })
        socket.send(JSON.stringify({ id, method, params }))
      }),
    close: () => socket.close(),
  }
}

const gone = (worker: string) => new Error(`The debugger of ${worker} does not answer.`)
