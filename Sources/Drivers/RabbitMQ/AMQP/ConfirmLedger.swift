/// Messages that were sent and not confirmed, by delivery tag. The broker numbers them 1, 2, 3… as they come on the channel.
struct ConfirmLedger<Entry> {
    private var pending: [UInt64: Entry] = [:]
    /// No tag below this one is pending.
    private var oldest: UInt64 = 1
    private(set) var nextTag: UInt64 = 1

    var count: Int { pending.count }

    /// Notes the next message.
    mutating func append(_ entry: Entry) {
        pending[nextTag] = entry
        nextTag += 1
    }

    /// Takes out what a confirm speaks of: one message, or with `multiple` all up to it.
    mutating func take(_ tag: UInt64, multiple: Bool) -> [Entry] {
        guard multiple else { return take(tag).map { [$0] } ?? [] }
        guard tag >= oldest, tag < nextTag else { return [] }
        defer { oldest = tag + 1 }
        return (oldest...tag).compactMap { take($0) }
    }

    mutating func take(_ tag: UInt64) -> Entry? {
        pending.removeValue(forKey: tag)
    }

    /// Takes out all that fulfil the condition, oldest first.
    mutating func take(where condition: (Entry) -> Bool) -> [Entry] {
        pending.filter { condition($0.value) }.keys.sorted().compactMap { take($0) }
    }
}
