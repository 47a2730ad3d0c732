import DSCO

/// Rows of a change log by the effects they are about. Of several rows about one effect a success counts before anything else, then one that
/// DSCO has in work.
struct LoggedEffects<Effect: DSCOEffect> {
    private var byName: [String: ChangeLogRow] = [:]

    init(_ rows: [ChangeLogRow] = []) { add(rows) }

    mutating func add(_ rows: [ChangeLogRow]) {
        for row in rows {
            for name in Effect.names(in: row.key) where row.weight >= byName[name]?.weight ?? 0 { byName[name] = row }
        }
    }

    subscript(effect: Effect) -> ChangeLogRow? { byName[effect.logName] }
}

extension ChangeLogRow {
    fileprivate var weight: Int {
        switch status {
        case .success: 2
        case .pending: 1
        case .failure, nil: 0
        }
    }
}
