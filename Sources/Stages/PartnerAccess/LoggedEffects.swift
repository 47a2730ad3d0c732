import DSCO

/// Rows of a change log by the effects they are about. Of several rows about one effect a success counts before anything else.
struct LoggedEffects<Effect: DSCOEffect> {
    private var byName: [String: ChangeLogRow] = [:]

    init(_ rows: [ChangeLogRow] = []) { add(rows) }

    mutating func add(_ rows: [ChangeLogRow]) {
        for row in rows {
            for name in Effect.names(in: row.key) where byName[name]?.status != .success { byName[name] = row }
        }
    }

    subscript(effect: Effect) -> ChangeLogRow? { byName[effect.logName] }
}
