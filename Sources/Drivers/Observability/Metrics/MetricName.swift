/// Prometheus's spelling of names, values and numbers.
enum MetricName {
    /// A metric's name: letters, digits, `_` and `:`, ending in its unit.
    static func metric(_ label: String, unit: String? = nil) -> String {
        let name = legal(label, also: ":")
        guard let unit, !name.hasSuffix("_" + unit) else { return name }
        return name + "_" + unit
    }

    /// A label's name: letters, digits and `_`. `le` belongs to the buckets of histograms.
    static func label(_ name: String) -> String {
        let name = legal(name, also: "")
        return name == "le" ? "le_" : name
    }

    private static func legal(_ text: String, also extra: String) -> String {
        let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) || extra.contains($0) ? $0 : "_" })
        guard let first = name.first, !first.isNumber else { return "_" + name }
        return name
    }

    static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n", "\r\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }

    /// Whole numbers without a fraction, the rest as Prometheus parses it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }
}
