// What a look at a Postgres finds: numbers as Postgres counts them since its statistics were last reset.

export interface Facts {
  readonly database: string
  readonly version: string
  /** Since when everything below is counted; null: since the database was made. */
  readonly since: string | null
  /** Bytes. */
  readonly size: number
  /** Of all blocks asked for, the part that was in shared buffers; null where none was asked for. */
  readonly hitRatio: number | null
  readonly blocksRead: number
  readonly tables: readonly TableFacts[]
  /** What the tables' `bloat` is; it is measured where pgstattuple is installed. */
  readonly bloatIs: 'measured' | 'estimated'
  readonly indexes: readonly IndexFacts[]
  readonly transactions: readonly TransactionFacts[]
  /** Null where pg_stat_statements is not installed. */
  readonly statements: readonly StatementFacts[] | null
}

/** A partitioned table is one, with its partitions summed up. */
export interface TableFacts {
  readonly name: string
  readonly partitions: number
  readonly rows: number
  readonly dead: number
  /** The part of its pages that holds no living row; null where it is small, or estimated and never analyzed. */
  readonly bloat: number | null
  /** Bytes, with indexes and TOAST. */
  readonly size: number
  readonly indexSize: number
  readonly sequentialScans: number
  readonly sequentialRows: number
  readonly updates: number
  /** Updates that made no new index entry. */
  readonly hotUpdates: number
  readonly analyzed: string | null
  readonly vacuumed: string | null
}

export interface IndexFacts {
  readonly name: string
  readonly table: string
  readonly method: string
  /** Column numbers with collation, operator class and order, one entry a key column, in order. */
  readonly keys: readonly string[]
  /** What it covers besides, its predicate and expressions: equal only for indexes that hold the same. */
  readonly rest: string
  readonly partial: boolean
  /** Enforces something, so that it is needed whether it is read or not. */
  readonly unique: boolean
  readonly scans: number
  readonly size: number
}

export interface TransactionFacts {
  readonly pid: number
  readonly state: string
  readonly seconds: number
  readonly statement: string
}

export interface StatementFacts {
  readonly text: string
  readonly calls: number
  readonly totalMs: number
  readonly meanMs: number
  readonly maxMs: number
  readonly rows: number
  /** Blocks of temporary files: sorts and hashes that did not fit into work_mem. */
  readonly spilled: number
  /** Null where it cannot be explained, which `unexplained` says. */
  readonly plan: PlanNode | null
  readonly unexplained: string | null
}

/** As EXPLAIN (FORMAT JSON) names things. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Plan Rows': number
  readonly 'Total Cost': number
  readonly Plans?: readonly PlanNode[]
}
