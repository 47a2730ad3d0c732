import FoundationEssentials
import HTTPTypes

/// DSCO over HTTP: who may call, what a call must look like, and where it goes.
struct DSCOGateway: Sendable {
    let memory: DSCOWorld
    let settings: SandboxConfiguration.DSCO
    let world: FixedWorld
    let effects: EffectLedger
    let faults: FaultBoard
    let clock: SandboxClock
    let limiter: CallRateLimiter

    func reply(to call: Call) async -> Reply {
        if call.delay > 0 { try? await clock.sleep(call.delay) }
        let route = "\(call.method) \(call.path == "/order" ? "/order/" : call.path)"
        if route == "POST /oauth2/token" { return await token(call) }
        guard let handler = routes[route] else {
            effects.violation("unknown_path", "dsco \(route)")
            return Reply(403, ["message": "Invalid key=value pair (missing equal-sign) in Authorization header"])
        }
        if let refusal = await unauthorized(call) { return refusal }
        if settings.rateLimits, !limiter.permits(route, at: clock.now()) {
            effects.limited("/dsco\(call.path)")
            return Reply(429, ["message": "Too Many Requests"])
        }
        if let accept = call.headers[.accept] {
            if !["application/json", "*/*"].contains(where: accept.contains) {
                effects.violation("accept", "dsco \(call.path): \(accept)")
            }
        } else {
            effects.violation("accept", "dsco \(call.path): the header Accept is missing")
        }
        if call.method == "POST", call.mediaType != "application/json" {
            effects.violation("content_type", "dsco \(call.path): \(call.mediaType ?? "none")")
            return await failure(400, "Content-Type must be application/json")
        }
        return await handler(call)
    }

    private var routes: [String: @Sendable (Call) async -> Reply] {
        [
            "GET /hello": { _ in Reply(200, ["hello": "World!"]) },
            "GET /order/page": orderPage, "GET /order/": order, "GET /order/log": { await log(.order, $0) },
            "POST /order/acknowledge": acknowledge,
            "POST /order/shipment/batch/small": { await batch($0, .ship, DSCOShapes.shipments) },
            "POST /order/singleShipment": { await single($0, .ship, DSCOShapes.shipments) },
            "POST /invoice": { await single($0, .invoice, DSCOShapes.invoice) },
            "POST /invoice/batch/small": { await batch($0, .invoice, DSCOShapes.invoice) }, "GET /invoice": invoice,
            "GET /invoice/log": { await log(.invoice, $0) },
            "POST /inventory/singleItem": { await single($0, .stock, DSCOShapes.inventory) },
            "POST /inventory/batch/small": { await batch($0, .stock, DSCOShapes.inventory, query: ["skipItemsThatDontExist"]) },
            "GET /inventory": item, "GET /inventory/log": { await log(.inventory, $0) }, "GET /warehouse/page": warehouses,
        ]
    }

    // MARK: Tokens

    private func token(_ call: Call) async -> Reply {
        func fault(_ status: Int, _ error: String, _ text: String) -> Reply {
            effects.violation("oauth", text)
            return Reply(status, ["error": .string(error), "error_description": .string(text)])
        }
        guard call.mediaType == "application/x-www-form-urlencoded" else {
            return fault(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
        }
        let fields = Forms.urlEncoded(String(decoding: call.body, as: UTF8.self))
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        guard field("grant_type") == "client_credentials" else { return fault(400, "invalid_request", "grant_type is required") }
        guard field("client_id") == settings.clientID, field("client_secret") == settings.clientSecret else {
            return fault(401, "invalid_client", "client credentials are not valid")
        }
        let token = await memory.issueToken()
        return Reply(
            200, ["access_token": .string(token), "token_type": "Bearer", "expires_in": .integer(Int(settings.tokenLife))])
    }

    private func unauthorized(_ call: Call) async -> Reply? {
        if faults.draw(.tokenExpired, .dsco, call.path) != nil { await memory.expireTokens() }
        guard let header = call.headers[.authorization] else {
            effects.violation("authorization", "dsco \(call.path): the header Authorization is missing")
            return await failure(401, "Unauthorized", code: "unauthorized")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", await memory.accepts(token: String(parts[1])) else {
            return await failure(401, "Unauthorized", code: "unauthorized")
        }
        return nil
    }

    // MARK: Envelopes

    func failure(_ status: Int, _ text: String, code: String = "VALIDATION_FAILED") async -> Reply {
        await failure(status, [text], code: code)
    }

    func failure(_ status: Int, _ texts: [String], code: String = "VALIDATION_FAILED") async -> Reply {
        let severity: Wire = code == "notFound" ? "warn" : "error"
        return Reply(
            status,
            [
                "status": "failure", "requestId": .string(await memory.unique()),
                "eventDate": .string(Timestamps.dscoEvent(clock.now())),
                "messages": .array(texts.map { ["code": .string(code), "severity": severity, "description": .string($0)] }),
            ])
    }

    /// 400, and a violation: the request itself is wrong.
    func broken(_ rule: String, _ call: Call, _ texts: [String]) async -> Reply {
        effects.violation(rule, "dsco \(call.path): \(texts.prefix(5).joined(separator: "; "))")
        return await failure(400, texts)
    }

    /// nil when the query holds these parameters alone.
    func unknownParameters(_ call: Call, _ allowed: [String]) async -> Reply? {
        let unknown = call.query.map(\.name).filter { !allowed.contains($0) }
        return unknown.isEmpty ? nil : await broken("unknown_parameter", call, unknown.map { "unknown parameter \($0)" })
    }
}
