// Whose address a request has. In production the platform writes `CF-Connecting-IP` over anything a client sent.
import type { EdgeConfig } from './config.ts'

/** Locally nothing stands in front that could be believed, and only this machine can connect: everybody is loopback,
 *  unless tests are allowed to choose. */
export const addressReader = ({
  ENVIRONMENT,
  EDGEPOLL_TEST_ADDRESSES,
}: Pick<EdgeConfig, 'ENVIRONMENT' | 'EDGEPOLL_TEST_ADDRESSES'>): ((headers: Headers) => string) => {
  const believed = ENVIRONMENT !== 'local' || EDGEPOLL_TEST_ADDRESSES === '1'
  return (headers) => (believed ? headers.get('cf-connecting-ip') : null) ?? '127.0.0.1'
}
