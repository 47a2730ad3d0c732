import FoundationEssentials
import HTTPTypes

/// LingXing over HTTP: tokens, signs, capacity, shapes, and where a call goes.
struct LingXingGateway: Sendable {
    let memory: LingXingWorld
    let settings: SandboxConfiguration.LingXing
    let world: FixedWorld
    let effects: EffectLedger
    let faults: FaultBoard
    let clock: SandboxClock
    let tokens: LingXingTokens
    let capacity: PathCapacity

    /// Which of the families of envelopes a path answers with (LingXing contract 6).
    enum Family: Sendable {
        case erp, platform, basic
    }

    struct Route: Sendable {
        let family: Family
        let capacity: Int
        let shape: Shape
        let handler: @Sendable (Wire, Call) async -> Reply
    }

    func reply(to call: Call) async -> Reply {
        if call.path.contains("//") {
            effects.violation("unknown_path", "lingxing \(call.method) \(call.path)")
            return gateway("500", "404 NOT_FOUND")
        }
        if call.method == "POST", call.path == "/api/auth-server/oauth/access-token" {
            return await limited(call, 100, accessToken)
        }
        if call.method == "POST", call.path == "/api/auth-server/oauth/refresh" { return await limited(call, 100, refresh) }
        guard call.method == "POST", let route = routes[call.path] else {
            effects.violation("unknown_path", "lingxing \(call.method) \(call.path)")
            return Reply(
                405,
                text:
                    "<html>\n<head><title>405 Not Allowed</title></head>\n<body>\n<center><h1>405 Not Allowed</h1></center>\n<hr>"
                    + "<center>nginx</center>\n</body>\n</html>\n", contentType: "text/html")
        }
        let body: Wire
        switch admitted(call) {
        case .refused(let reply): return reply
        case .body(let wire): body = wire
        }
        return await limited(call, settings.capacityOf[call.path] ?? route.capacity) { call in
            let shapeFaults = route.shape.faults(in: body)
            guard shapeFaults.isEmpty else {
                effects.violation("\(call.path)_shape", shapeFaults.prefix(5).joined(separator: "; "))
                return illegal(route.family, shapeFaults)
            }
            return await route.handler(body, call)
        }
    }

    private var routes: [String: Route] {
        [
            "/pb/mp/order/v2/create": Route(
                family: .platform, capacity: 10, shape: LingXingShapes.create(limit: settings.createLimit), handler: create),
            "/pb/mp/order/v2/list": Route(family: .platform, capacity: 10, shape: LingXingShapes.list, handler: list),
            "/pb/mp/order/v2/cancelOrder": Route(
                family: .platform, capacity: 10, shape: LingXingShapes.cancelOrders, handler: cancelOrders),
            "/pb/mp/shop/v2/getSellerList": Route(family: .platform, capacity: 10, shape: LingXingShapes.shops, handler: shops),
            "/pb/mp/listing/v2/getPairList": Route(family: .platform, capacity: 10, shape: LingXingShapes.pairs, handler: pairs),
            "/erp/sc/routing/wms/order/wmsOrderList": Route(
                family: .erp, capacity: 1, shape: LingXingShapes.outbounds(numbers: settings.outboundNumbers),
                handler: outbounds),
            "/erp/sc/routing/data/local_inventory/inventoryDetails": Route(
                family: .erp, capacity: 1, shape: LingXingShapes.inventory, handler: inventory),
            "/erp/sc/data/local_inventory/warehouse": Route(
                family: .erp, capacity: 1, shape: LingXingShapes.warehouses, handler: warehouses),
            "/erp/sc/routing/wms/WmsLogistics/listUsedLogisticsType": Route(
                family: .erp, capacity: 1, shape: LingXingShapes.logisticsTypes, handler: logisticsTypes),
            "/basicOpen/wmsOrder/cancel": Route(
                family: .basic, capacity: 1, shape: LingXingShapes.cancelOutbounds, handler: cancelOutbounds),
            "/basicOpen/openapi/multiplatform/order/review": Route(
                family: .basic, capacity: 1, shape: LingXingShapes.review, handler: review),
        ]
    }

    /// Runs a call within its path's capacity; the work takes at least the latency.
    private func limited(_ call: Call, _ limit: Int, _ work: (Call) async -> Reply) async -> Reply {
        if settings.capacity, !capacity.enter(call.path, capacity: limit, gap: settings.minimumGap, now: clock.now()) {
            effects.limited("/lingxing\(call.path)")
            return gateway("3001008", "requests too frequently. please request later.")
        }
        let seconds = settings.latency + call.delay
        if seconds > 0 { try? await clock.sleep(seconds) }
        let reply = await work(call)
        if settings.capacity { capacity.leave(call.path) }
        return reply
    }

    /// A call that was cut may go on taking its path's capacity (LingXing contract 5).
    func abort(_ path: String) {
        guard settings.capacity, settings.abortedCallHold > 0 else { return }
        capacity.hold(path, until: clock.now().addingTimeInterval(settings.abortedCallHold))
    }

    // MARK: Admission

    private enum Admission {
        case body(Wire)
        case refused(Reply)
    }

    /// The four common parameters, the token, the time, the sign, the body: in this order.
    private func admitted(_ call: Call) -> Admission {
        func refuse(_ code: String, _ text: String, violation: String?) -> Admission {
            if let violation { effects.violation("gateway_\(code)", "lingxing \(call.path): \(violation)") }
            return .refused(gateway(code, text))
        }
        let names = ["access_token", "app_key", "timestamp", "sign"]
        let common = names.compactMap(call.parameter)
        guard common.count == 4, common.allSatisfy({ !$0.isEmpty }) else {
            return refuse(
                "3001001", "missing query param(access_token,sign,timestamp,app_key)", violation: "a common parameter is missing")
        }
        let others = call.query.map(\.name).filter { !names.contains($0) }
        guard others.isEmpty, call.query.count == 4 else {
            return refuse("102", "参数不合法", violation: "query parameters beside the common ones: \(others)")
        }
        guard common[1] == settings.appID else { return refuse("2001001", "app not exist", violation: "app_key") }
        if faults.draw(.tokenExpired, .lingxing, call.path) != nil { tokens.expire() }
        let now = clock.now()
        switch tokens.judge(common[0], at: now) {
        case .expired: return refuse("2001003", "access token is missing or expire", violation: nil)
        case .notMatching: return refuse("2001005", " access token not match", violation: nil)
        case .valid: break
        }
        guard common[2].count == 10, let timestamp = Int(common[2]) else {
            return refuse("2001007", "api sign has expired", violation: "the timestamp is not ten digits: \(common[2])")
        }
        guard abs(Double(timestamp) - now.timeIntervalSince1970) <= settings.signLife else {
            return refuse("2001007", "api sign has expired", violation: nil)
        }
        guard call.mediaType == "application/json" else {
            return refuse("102", "参数不合法", violation: "Content-Type is \(call.mediaType ?? "missing")")
        }
        guard let body = try? Wire(call.body), let members = body.members else {
            return refuse("102", "参数不合法", violation: "the body is no JSON object")
        }
        let signed = members.map { ($0.name, $0.value) } + zip(names, common).prefix(3).map { ($0, Wire.string($1)) }
        guard LingXingSign.sign(LingXingSign.canonical(signed), appID: settings.appID) == common[3] else {
            return refuse("2001006", " api sign not correct", violation: "the sign does not fit the body")
        }
        return .body(body)
    }

    // MARK: Tokens

    private func accessToken(_ call: Call) async -> Reply {
        guard let fields = form(call, ["appId", "appSecret"]) else {
            return token(code: "0001001", "rsa private decrypt error")
        }
        guard fields["appId"] == settings.appID else {
            effects.violation("access_token", "unknown appId")
            return token(code: "2001001", "app not exist")
        }
        guard fields["appSecret"] == settings.appSecret else {
            effects.violation("access_token", "wrong appSecret")
            return token(code: "2001002", "app secret not correct")
        }
        return token(tokens.issue(at: clock.now()))
    }

    private func refresh(_ call: Call) async -> Reply {
        guard let fields = form(call, ["appId", "refreshToken"]) else {
            return token(code: "2001009", "refresh token is invalid")
        }
        guard fields["appId"] == settings.appID else {
            effects.violation("refresh", "unknown appId")
            return token(code: "2001001", "app not exist")
        }
        switch tokens.renew(fields["refreshToken"] ?? "", at: clock.now()) {
        case .pair(let access, let refresh): return token((access, refresh))
        case .expired: return token(code: "2001008", "refresh token expired. please get access token again")
        case .invalid: return token(code: "2001009", "refresh token is invalid")
        }
    }

    /// The fields of a multipart form; nothing may stand in the query, where it would end up in logs.
    private func form(_ call: Call, _ names: [String]) -> [String: String]? {
        guard call.query.isEmpty, let fields = Forms.multipart(call.body, contentType: call.headers[.contentType] ?? ""),
            Set(fields.keys) == Set(names)
        else {
            effects.violation("multipart", "lingxing \(call.path): \(names) must come as multipart/form-data")
            return nil
        }
        return fields
    }

    private func token(_ pair: (access: String, refresh: String)) -> Reply {
        Reply(
            200,
            [
                "code": "200", "msg": "OK",
                "data": [
                    "access_token": .string(pair.access), "refresh_token": .string(pair.refresh),
                    "expires_in": .integer(Int(settings.tokenLife)),
                ],
            ])
    }

    private func token(code: String, _ text: String) -> Reply {
        Reply(200, ["code": .string(code), "msg": .string(text), "data": .null])
    }
}
