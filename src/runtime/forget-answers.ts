// First answers that are a day old go, so that the table holds a day of them.
import type { ArchiveServices } from './archive-services.ts'

const patienceMs = 60_000

export const forgetAnswers =
  ({ answers, clock, report }: Pick<ArchiveServices, 'answers' | 'clock' | 'report'>) =>
  async (): Promise<void> => {
    await Promise.all(
      answers.map((store) =>
        store.forget(clock.now(), AbortSignal.timeout(patienceMs)).catch((error: unknown) =>
          // The next hour's round takes them too.
          report({ type: 'unexpected', where: 'forget-answers', error: String(error) }),
        ),
      ),
    )
  }
