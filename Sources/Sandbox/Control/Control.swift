import FoundationEssentials

/// The control API below `/sandbox`: orders, faults, effects, and what the product needs to run against this sandbox.
struct Control: Sendable {
    let dsco: DSCOWorld
    let lingXing: LingXingWorld
    let faults: FaultBoard
    let effects: EffectLedger
    let recorder: RequestRecorder
    let documents: Documents
    /// `http://127.0.0.1:8090`, for the environment; known once the port is bound.
    let base: @Sendable () async -> String

    func reply(to call: Call) async -> Reply {
        let parts = call.path.split(separator: "/").map { Forms.decoded(String($0).replacing("+", with: "%2B")) }
        switch (call.method, parts.first, parts.count) {
        case ("GET", "health", 1): return Reply(200, ["ok": true])
        case ("POST", "orders", 1): return await createOrders(call)
        case ("GET", "orders", 1): return await listOrders(call)
        case ("GET", "effects", 1): return Reply(200, await effectReport())
        case ("DELETE", "effects", 1): return done { effects.reset() }
        case ("GET", "faults", 1):
            return Reply(200, ["faults": .array(faults.faults.map(\.wire)), "struck": .counts(faults.drawn)])
        case ("POST", "faults", 1): return addFaults(call)
        case ("DELETE", "faults", 1): return done { faults.clear() }
        case ("GET", "requests", 1): return Reply(200, lines: recorder.lines(of: call.parameter("partner").flatMap(Partner.init)))
        case ("DELETE", "requests", 1): return done { recorder.reset() }
        case ("GET", "stock", 1): return Reply(200, await stockComparison())
        case ("POST", "stock", 1): return await setStock(call)
        case ("GET", "runtime-config", 1): return Reply(200, documents.runtimeConfiguration())
        case ("GET", "env", 1): return await environment(call)
        case ("POST", "order", 3): return await orderCommand(parts[1], parts[2])
        case ("POST", "lingxing", 4) where parts[1] == "order":
            guard let command = LingXingWorld.StaffCommand(rawValue: parts[3]) else { return Self.unknown }
            return await lingXing.command(command, parts[2]) ? Reply(200, ["ok": true]) : Self.notFound
        case ("POST", "lingxing", 5) where parts[1] == "order" && parts[3] == "merge":
            return await lingXing.merge(parts[4], into: parts[2]) ? Reply(200, ["ok": true]) : Self.notFound
        default: return Self.unknown
        }
    }

    static let unknown = Reply(404, ["error": "no such control call"])
    static let notFound = Reply(404, ["error": "no such order"])

    static func fault(_ text: String) -> Reply {
        Reply(400, ["error": .string(text)])
    }

    private func done(_ body: () -> Void) -> Reply {
        body()
        return Reply(200, ["ok": true])
    }

    private func environment(_ call: Call) async -> Reply {
        let variables = documents.environment(base: await base())
        guard call.parameter("format") == "shell" else {
            return Reply(200, .object(variables.map { Wire.Member($0.name, .string($0.value)) }))
        }
        let lines = variables.map { "export \($0.name)='\($0.value)'\n" }.joined()
        return Reply(200, text: lines, contentType: "text/plain")
    }

    private func orderCommand(_ id: String, _ command: String) async -> Reply {
        guard let known = DSCOWorld.OrderCommand(rawValue: command) else { return Self.unknown }
        return await dsco.command(known, id) ? Reply(200, ["ok": true]) : Self.notFound
    }

    private func setStock(_ call: Call) async -> Reply {
        guard let body = try? Wire(call.body), let sku = body["sku"]?.text, let wid = body["wid"]?.integer,
            let quantity = body["quantity"]?.integer
        else { return Self.fault("sku (LingXing's), wid and quantity are required") }
        return await lingXing.setAvailable(quantity, wid: wid, sku: sku)
            ? Reply(200, ["ok": true]) : Self.fault("no such stock row")
    }

    private func addFaults(_ call: Call) -> Reply {
        guard let body = try? Wire(call.body) else { return Self.fault("the body must be JSON") }
        let list = body.elements ?? body["faults"]?.elements ?? [body]
        var faults: [Fault] = []
        for wire in list {
            guard let fault = Fault(wire) else { return Self.fault("not a fault: \(wire.json)") }
            faults.append(fault)
        }
        self.faults.add(faults)
        return Reply(200, ["faults": .array(self.faults.faults.map(\.wire))])
    }
}

extension Fault {
    init?(_ wire: Wire) {
        guard let partner = wire["partner"]?.text.flatMap(Partner.init), let kind = wire["kind"]?.text.flatMap(Kind.init) else {
            return nil
        }
        self.init(
            partner, wire["path"]?.text ?? "*", kind, rate: wire["rate"]?.digits.flatMap { Double($0) } ?? 1,
            count: wire["count"]?.integer,
            seconds: wire["seconds"]?.digits.flatMap { Double($0) } ?? 1, retryAfter: wire["retry_after"]?.integer)
    }

    var wire: Wire {
        .compact([
            ("partner", .string(partner.rawValue)), ("path", .string(path)), ("kind", .string(kind.rawValue)),
            ("rate", .number("\(rate)")),
            ("count", count.map(Wire.integer)), ("seconds", .number("\(seconds)")), ("retry_after", retryAfter.map(Wire.integer)),
        ])
    }
}

extension Wire {
    static func counts(_ counts: [String: Int]) -> Wire {
        .object(counts.sorted { $0.key < $1.key }.map { Member($0.key, .integer($0.value)) })
    }
}
