// Why a viewer's socket ends: codes of RFC 6455, and a reason a developer can read.

type Farewell = readonly [code: number, reason: string]

export const farewells = {
  closed: [1000, 'the poll is closed'],
  deleted: [1000, 'the poll is deleted'],
  excluded: [1008, 'who may watch has changed: connect again'],
  spoke: [1008, 'viewers only listen'],
  spokeAtLength: [1009, 'viewers only listen, and this was too long'],
  unreachable: [1011, 'could not be reached'],
  silent: [1013, 'nothing was heard for too long: connect again'],
} as const satisfies Record<string, Farewell>

/** `ping` is all a viewer has to say, and the platform answers it. Bytes. */
const longestMessage = 1_024

/** What a viewer is told that said anything else. */
export const farewellTo = (message: string | ArrayBuffer): Farewell => {
  const length = typeof message === 'string' ? message.length : message.byteLength
  return length > longestMessage ? farewells.spokeAtLength : farewells.spoke
}
