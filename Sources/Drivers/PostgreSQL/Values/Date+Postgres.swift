package import FoundationEssentials

/// `timestamptz`, exact to the microsecond, which is what PostgreSQL stores.
extension Date: PostgresArrayScalar {
    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }

    package func postgresText() throws(PostgresEncodingFault) -> String {
        let seconds = timeIntervalSince1970Exactly
        guard let seconds, abs(seconds.whole) < Timestamp.farthestSecond else { throw .date }
        return Timestamp(secondsSince1970: seconds.whole, microseconds: seconds.microseconds).text
    }

    /// Microseconds since 2000; the ends of the range stand for infinity.
    package func appendBinary(to bytes: inout [UInt8]) throws(PostgresEncodingFault) {
        guard let seconds = timeIntervalSince1970Exactly, abs(seconds.whole) < Timestamp.farthestSecond else { throw .date }
        let (whole, isOver) = (seconds.whole - Self.start).multipliedReportingOverflow(by: 1_000_000)
        let (number, isStillOver) = whole.addingReportingOverflow(seconds.microseconds)
        guard !isOver, !isStillOver, number != .min, number != .max else { throw .date }
        bytes.append(bigEndian: number)
    }

    /// 2000-01-01, in seconds since 1970.
    private static let start = 946_684_800

    package init?(postgresText: String) {
        var text = postgresText
        guard let timestamp = text.withUTF8(Timestamp.init) else { return nil }
        self.init(timestamp)
    }

    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> Date {
        guard canRead(cell.type) else { throw .type }
        guard let timestamp = try cell.nonNull().withUnsafeBufferPointer(Timestamp.init) else { throw .value }
        return Date(timestamp)
    }

    private init(_ timestamp: Timestamp) {
        // Whole seconds are counted from Date's own reference, so that the fraction keeps as many bits as it can.
        let whole = Double(timestamp.secondsSince1970) - Date.timeIntervalBetween1970AndReferenceDate
        self.init(timeIntervalSinceReferenceDate: whole + Double(timestamp.microseconds) / 1_000_000)
    }

    private var timeIntervalSince1970Exactly: (whole: Int, microseconds: Int)? {
        let interval = timeIntervalSinceReferenceDate
        guard interval.isFinite, let reference = Int(exactly: interval.rounded(.down)) else { return nil }
        let microseconds = Int(((interval - interval.rounded(.down)) * 1_000_000).rounded())
        let whole = reference.addingReportingOverflow(Int(Date.timeIntervalBetween1970AndReferenceDate))
        guard !whole.overflow else { return nil }
        return microseconds == 1_000_000 ? (whole.partialValue + 1, 0) : (whole.partialValue, microseconds)
    }
}

extension PostgresEncodingFault {
    fileprivate static let date = PostgresEncodingFault(reason: "it is a date that PostgreSQL cannot hold.")
}
