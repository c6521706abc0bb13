// The races a set of runs must have seen: things that meet on the way and must come out the same as one after the other.

export const races = {
  'one voter, two casts in flight': 'a cast reached a box that was still deciding another of the same voter',
  'several first voters': 'a cast reached a box that was still asking the board who it is',
  'join overtaken by freeze': 'a box was frozen while it was still asking the board who it is',
  'casts waiting at freeze': 'a box was frozen with ballots in its buffer',
  'cast after freeze': 'a ballot was on its way when its box was frozen, and came after',
  'close with casts in flight': 'a close was acknowledged while voters still waited for an answer',
  'late retry of an old revision': 'a repeat found its revision replaced by a newer one',
  'retry of a lost answer': 'a repeat found the ballot whose answer had been lost',
  'cast held for new questions':
    'a ballot waited in its box until the board had decided on a change of the questions',
  'edit meets ballots': 'a change of the questions was refused, because somebody had voted in time',
  'erase meets casts': 'a ballot was erased while its box was deciding others',
  'erased after close': 'a frozen box erased a ballot',
  'report overtaken': 'a tally reached the board after a newer one of the same shard',
  'message overtaken': 'a message reached Postgres after a newer one about the same ballot',
  'message of an erased ballot': 'answers reached Postgres after their erasure',
  'message of a deleted poll': 'ballots reached Postgres after the tombstone of their poll',
  'events sent again': 'a box sent events that it had sent before',
  'confirm out of order': 'a confirmation came before the one of an earlier message',
  'invite revoked on the way': 'an edge let an invite pass that its box no longer took',
  'poll deleted under casts': 'a box was destroyed while ballots waited in it',
  'viewer came back': 'a viewer lost the socket and connected again',
  'alarm given up': 'the platform tried an alarm seven times and no more',
  'letter redriven': 'a dead letter was sent again',
  'event received twice': 'an endpoint took an event and did not say so, and it came again',
  'many ballots in one commit': 'a commit held more than one ballot',
} as const

export type Race = keyof typeof races
