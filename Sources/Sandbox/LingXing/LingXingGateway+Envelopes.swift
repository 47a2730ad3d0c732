import FoundationEssentials

/// The envelopes (LingXing contract 6): HTTP 200 for nearly everything.
extension LingXingGateway {
    func gateway(_ code: String, _ text: String) -> Reply {
        // This one comes without data (observed).
        if code == "2001005" { return Reply(200, ["code": .string(code), "msg": .string(text)]) }
        return Reply(
            200,
            [
                "code": .string(code), "msg": .string(text),
                "data": [
                    "throwable": .string(text), "throwTime": .string(Timestamps.lingXing(clock.now())), "message": .null,
                    "stackTrace": .null,
                    "metadata": .object([]),
                ],
            ])
    }

    /// Code 102 of the service itself.
    func illegal(_ family: Family, _ details: [String]) -> Reply {
        var members: [Wire.Member] = [
            .init("code", 102), .init("message", "参数不合法"),
            .init("error_details", .array(details.map { .string($0.replacing(": ", with: " => ", maxReplacements: 1)) })),
            .init("request_id", .string(requestID(family))), .init("response_time", .string(Timestamps.lingXing(clock.now()))),
        ]
        switch family {
        case .erp: members += [.init("data", []), .init("total", 0)]
        case .platform, .basic: members += [.init("data", .null)]
        }
        return Reply(200, .object(members))
    }

    /// The PHP family: data is an array, total an integer beside it.
    func erp(_ data: [Wire], total: Int) -> Reply {
        Reply(
            200,
            [
                "code": 0, "message": "success", "error_details": [], "request_id": .string(requestID(.erp)),
                "response_time": .string(Timestamps.lingXing(clock.now())), "data": .array(data), "total": .integer(total),
            ])
    }

    /// The Java family: data is an object.
    func platform(_ data: Wire, code: Wire = 0, message: Wire = "操作成功") -> Reply {
        Reply(
            200,
            [
                "code": code, "message": message, "request_id": .string(requestID(.platform)),
                "response_time": .string(Timestamps.lingXing(clock.now())), "data": data,
            ])
    }

    func basic(_ data: Wire) -> Reply {
        Reply(200, ["code": 0, "message": "success", "error_details": [], "request_id": "", "response_time": "", "data": data])
    }

    private func requestID(_ family: Family) -> String {
        let now = clock.now().timeIntervalSince1970
        let mark = String(SplitMix64.mix(UInt64(max(0, now * 1_000_000))), radix: 16)
        return family == .erp ? "SANDBOX-\(mark.uppercased())" : "sandbox-\(mark).\(Int(now * 1000))"
    }

    /// One page of rows.
    static func slice<Row>(_ rows: [Row], offset: Int, length: Int) -> [Row] {
        Array(rows.dropFirst(offset).prefix(length))
    }
}
