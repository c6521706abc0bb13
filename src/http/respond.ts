// Every answer of a route in one piece: a header that is put on afterwards makes another answer of it, and Hono's own way
// sets them one by one.
import type { Context } from 'hono'
import type { Http } from './http.ts'
import { crossOriginHeaders } from './middleware/cross-origin.ts'
import { whole } from './whole.ts'

export const respond = (
  c: Context<Http>,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response => {
  const response = new Response(body, {
    status,
    headers: {
      ...crossOriginHeaders,
      ...c.get('quotaHeaders'),
      // A publicly cacheable answer carries nothing of one request.
      ...(!headers['Cache-Control']?.includes('public') && { 'X-Request-Id': `req_${c.get('requestId')}` }),
      ...headers,
    },
  })
  return whole(response)
}
