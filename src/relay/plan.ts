// The shape of an audience: how many leaves hold its sockets, who feeds each, and which one a viewer goes to.

/** The first leaves are fed by the board itself: a small poll has no branch in between. */
export const leavesOfBoard = 8
export const mostBranches = 32
export const leavesOfBranch = 100
export const mostLeaves = leavesOfBoard + mostBranches * leavesOfBranch

/** A new leaf is for every 500 viewers, so that on average a leaf is half full and whoever is sent away from a full one
 *  finds room at the next. */
const viewersALeaf = 500
/** Up to this many sockets a frame is out at a leaf's fastest pace. */
const roomyLeaf = 1_000
/** Where no more leaves can be had: a frame a second. The platform's own limit is 32,768. */
const crowdedLeaf = 4_000

const fastestMs = 250
/** Two and a half times what a send costs: more than half of a leaf's time is left for those who come and go. */
const msASocket = 0.25

/** How many leaves this many viewers want: a power of two, so that it seldom changes. */
export const leavesFor = (viewers: number): number =>
  Math.min(mostLeaves, 2 ** Math.ceil(Math.log2(Math.max(1, viewers / viewersALeaf))))

/** How many sockets a leaf takes. */
export const roomOf = (leaves: number): number => (leaves < mostLeaves ? roomyLeaf : crowdedLeaf)

/** The time between two frames of a leaf, ms. */
export const intervalMs = (sockets: number): number => Math.max(fastestMs, sockets * msASocket)

/** The branch that feeds a leaf; null: the board itself does. */
export const branchOf = (leaf: number): number | null =>
  leaf < leavesOfBoard ? null : Math.floor((leaf - leavesOfBoard) / leavesOfBranch)

/** How many more viewers a leaf takes in before it tells of them: about a dozen times until it is full. */
export const worthTelling = (told: number, viewers: number): boolean =>
  told === 0 ? viewers > 0 : viewers >= told * 1.25 + 32 || viewers * 2 <= told - 32

/** The leaf a viewer tries first. Viewers of one continent share an arc of the leaves, so that the leaf is near most of
 *  them and is made near the first; `chance` in [0, 1) places a viewer within the arc. */
export const firstLeaf = (leaves: number, region: string | null, chance: number): number => {
  const place = region === null ? -1 : continents.indexOf(region)
  if (place < 0 || leaves < continents.length * 2) return Math.floor(chance * leaves)
  const from = Math.floor((place * leaves) / continents.length)
  const to = Math.floor(((place + 1) * leaves) / continents.length)
  return from + Math.floor(chance * (to - from))
}

const continents = ['EU', 'NA', 'AS', 'SA', 'AF', 'OC']
