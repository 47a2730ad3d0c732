/// A point in time as PostgreSQL writes it under `DateStyle ISO`: `2026-01-31 23:59:59.000001+00`, `0044-03-15 12:00:00+00 BC`.
///
/// Written by hand, since Foundation's ISO 8601 style keeps no more than milliseconds.
struct Timestamp {
    let secondsSince1970: Int
    let microseconds: Int

    /// About the year 300,000: PostgreSQL ends at 294,276 and refuses what is beyond by itself.
    static let farthestSecond = 9_500_000_000_000

    private static let secondsPerDay = 86400

    init(secondsSince1970: Int, microseconds: Int) {
        self.secondsSince1970 = secondsSince1970
        self.microseconds = microseconds
    }

    var text: String {
        let days = (Double(secondsSince1970) / Double(Self.secondsPerDay)).rounded(.down)
        let time = secondsSince1970 - Int(days) * Self.secondsPerDay
        let (year, month, day) = Self.civil(days: Int(days))
        return String(unsafeUninitializedCapacity: 40) { buffer in
            var writer = DigitWriter(buffer)
            writer.write(year > 0 ? year : 1 - year, width: 4)
            writer.write("-", month, width: 2)
            writer.write("-", day, width: 2)
            writer.write(" ", time / 3600, width: 2)
            writer.write(":", time / 60 % 60, width: 2)
            writer.write(":", time % 60, width: 2)
            writer.write(".", microseconds, width: 6)
            writer.write(year > 0 ? "+00" : "+00 BC")
            return writer.count
        }
    }

    init?(text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(), scanner.skip("-"), let month = scanner.digits(), scanner.skip("-"),
            let day = scanner.digits(), scanner.skip(" "), let hour = scanner.digits(), scanner.skip(":"),
            let minute = scanner.digits(), scanner.skip(":"), let second = scanner.digits()
        else { return nil }
        microseconds = scanner.skip(".") ? scanner.fraction(places: 6) : 0
        guard let offset = scanner.offset() else { return nil }
        let isBC = scanner.skip(" BC")
        guard scanner.isAtEnd else { return nil }
        let days = Self.days(year: isBC ? 1 - year : year, month: month, day: day)
        secondsSince1970 = days * Self.secondsPerDay + hour * 3600 + minute * 60 + second - offset
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, years starting in March so that a leap day comes last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719468
        let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
        let dayOfEra = shifted - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

/// Writes digits and fixed words behind each other.
private struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    /// A number from 0, with zeros in front up to the width.
    mutating func write(_ number: Int, width: Int) {
        var digits = width
        while digits < 18, number >= Self.powers[digits] { digits += 1 }
        var rest = number
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }

    mutating func write(_ mark: StaticString, _ number: Int, width: Int) {
        write(mark)
        write(number, width: width)
    }

    mutating func write(_ word: StaticString) {
        word.withUTF8Buffer { text in
            for byte in text {
                buffer[count] = byte
                count += 1
            }
        }
    }

    private static let powers: [Int] = (0...18).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
}

/// Reads digits and fixed words from the front of a text.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits() -> Int? {
        var number: Int?
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (shifted, isOver) = (number ?? 0).multipliedReportingOverflow(by: 10)
            guard !isOver, shifted < Int.max - 9 else { return nil }
            number = shifted + Int(byte - UInt8(ascii: "0"))
            rest.removeFirst()
        }
        return number
    }

    mutating func skip(_ word: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard rest.starts(with: expected) else { return false }
        rest = rest.dropFirst(expected.count)
        return true
    }

    mutating func fraction(places: Int) -> Int {
        let before = rest.count
        guard var number = digits() else { return 0 }
        for _ in (before - rest.count)..<places { number *= 10 }
        return number
    }

    /// Seconds east of UTC: `+00`, `-03:30`.
    mutating func offset() -> Int? {
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = digits() else { return nil }
        let minutes = skip(":") ? digits() ?? 0 : 0
        let seconds = skip(":") ? digits() ?? 0 : 0
        return sign * (hours * 3600 + minutes * 60 + seconds)
    }
}
