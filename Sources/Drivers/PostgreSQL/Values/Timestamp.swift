import CivilTime

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
        let days = secondsSince1970.quotientRoundingDown(by: Self.secondsPerDay)
        let time = secondsSince1970 - days * Self.secondsPerDay
        let date = CivilDay(number: days)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            var writer = DigitWriter(buffer)
            writer.write(date.year > 0 ? date.year : 1 - date.year, width: 4)
            writer.write("-", date.month, width: 2)
            writer.write("-", date.day, width: 2)
            writer.write(" ", time / 3600, width: 2)
            writer.write(":", time / 60 % 60, width: 2)
            writer.write(":", time % 60, width: 2)
            writer.write(".", microseconds, width: 6)
            writer.write(date.year > 0 ? "+00" : "+00 BC")
            return writer.count
        }
    }

    init?(text: UnsafeBufferPointer<UInt8>) {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(), scanner.skip("-"), let month = scanner.digits(), scanner.skip("-"),
            let day = scanner.digits(), scanner.skip(" "), let hour = scanner.digits(), scanner.skip(":"),
            let minute = scanner.digits(), scanner.skip(":"), let second = scanner.digits()
        else { return nil }
        guard let fraction = scanner.skip(".") ? scanner.fraction(places: 6) : 0, let offset = scanner.offset() else {
            return nil
        }
        microseconds = fraction
        let isBC = scanner.skip(" BC")
        guard scanner.isAtEnd else { return nil }
        let date = CivilDay(year: isBC ? 1 - year : year, month: month, day: day)
        secondsSince1970 = date.number * Self.secondsPerDay + hour * 3600 + minute * 60 + second - offset
    }
}

extension DigitScanner {
    /// Seconds east of UTC: `+00`, `-03:30`.
    fileprivate mutating func offset() -> Int? {
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = digits() else { return nil }
        let minutes = skip(":") ? digits() ?? 0 : 0
        let seconds = skip(":") ? digits() ?? 0 : 0
        return sign * (hours * 3600 + minutes * 60 + seconds)
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
