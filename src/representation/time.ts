// Times on the wire: RFC 3339, UTC.

export const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
