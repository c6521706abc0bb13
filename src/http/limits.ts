// Sizes that the wire contract fixes, in bytes.

export const bodyLimits = { ballot: 64 * 1024, vitals: 512, other: 1024 * 1024 } as const
