import JSON

extension Depot {
    /// LingXing with these rows, each shown to whoever asks for its number.
    func shop(_ rows: [(number: String, row: JSON)], create: PartnerWire.Reply? = nil) {
        lingXingWire.answer { asked in
            if asked.path.hasSuffix("/create") {
                if let create { return create }
                let numbers = (asked.body["orders"]?.array ?? []).compactMap { $0["platform_order_no"]?.string }
                return .json([
                    "code": 0,
                    "data": [
                        "success_details": .array(
                            numbers.map { ["platform_order_no": .string($0), "global_order_no": .string("9\($0.dropFirst(3))")] }),
                        "error_details": [],
                    ],
                ])
            }
            let numbers = (asked.body["platform_order_nos"]?.array ?? []).compactMap(\.string)
            let shown = rows.filter { numbers.contains($0.number) }.map(\.row)
            return .json(["code": 0, "data": ["total": .number(JSONNumber(shown.count)), "list": .array(shown)]])
        }
    }

    /// The numbers that LingXing was asked to create, in order.
    func created() -> [String] {
        lingXingWire.asked("/create").flatMap { $0.body["orders"]?.array ?? [] }.compactMap {
            $0["platform_order_no"]?.string
        }
        .sorted()
    }
}
