// What of a Worker's deployments may run again: versions that somebody went back from may not, nor may a stand-in.

export interface Deployment {
  /** As the platform names it. */
  readonly version: string
  /** Made by going back, and not by publishing. */
  readonly back: boolean
  /** It is no Worker of ours: prepare put it where one will be, and it does nothing. */
  readonly standIn: boolean
}

/** Versions that nobody went back from, each newer than the one before it; the last is what runs now, if that is no stand-in. `deployments`: the current one
 *  last, and the platform may have forgotten the oldest. A version that comes again was gone back to, whoever did it: what is
 *  published has a name of its own (on this machine, only where its code differs). */
export const keptVersions = (deployments: readonly Deployment[]): readonly string[] => {
  const ran = new Set<string>()
  let kept: readonly string[] = []
  for (const { version, back, standIn } of deployments) {
    if (standIn) continue
    const at = kept.indexOf(version)
    if (at >= 0) kept = kept.slice(0, at + 1)
    // It is older than all that is remembered, which it was taken in place of.
    else if (back && !ran.has(version)) kept = [version]
    else kept = [...kept, version]
    ran.add(version)
  }
  return kept
}
