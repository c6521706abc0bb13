// Tells the scoreboard a box's whole tally: not awaited by voters, one report in flight, at least 100 ms apart.
import type { Report } from '../application/events.ts'
import type { BoardLink, BoxAddress, TallyReport } from '../application/ports.ts'

const apartMs = 100

interface Needs extends BoxAddress {
  current(): Pick<TallyReport, 'version' | 'tally'>
  send: BoardLink['report']
  after(delayMs: number, run: () => void): void
  report: Report
  /** The board has counted everything, runoffs too. */
  onFinal(): void
}

export class Reporter {
  readonly #needs: Needs
  #told = 0
  #durable = 0
  #underWay = false

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** Whether the board has made the current tally durable; until then the alarm comes back. */
  get settled(): boolean {
    return this.#durable >= this.#needs.current().version
  }

  /** Reports soon, unless a report is under way: then the newest tally follows it. */
  tell(): void {
    if (this.#underWay) return
    this.#underWay = true
    this.#send()
      .catch((error: unknown) => {
        const { pollId, shard } = this.#needs
        this.#needs.report({ type: 'report-failed', pollId, shard, error: String(error) })
        return false
      })
      .then((sent) => {
        this.#needs.after(apartMs, () => {
          this.#underWay = false
          if (sent && this.#told < this.#needs.current().version) this.tell()
        })
      })
  }

  /** Reports now, even what was told before: the board may have lost it since. */
  async settle(): Promise<void> {
    if (!this.settled) await this.#send()
  }

  async #send(): Promise<boolean> {
    const { pollId, shard } = this.#needs
    const { version, tally } = this.#needs.current()
    const { durable, final } = await this.#needs.send({ pollId, shard, version, tally })
    if (final === true) this.#needs.onFinal()
    this.#told = Math.max(this.#told, version)
    this.#durable = Math.max(this.#durable, durable)
    return true
  }
}
