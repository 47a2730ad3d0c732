import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A request and the connection that it came on, so that a fault can cut it.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// One port for all: DSCO below `/dsco/api/v3`, LingXing below `/lingxing`, the control below `/sandbox`.
struct SandboxResponder: HTTPResponder {
    let dsco: DSCOGateway
    let lingXing: LingXingGateway
    let control: Control
    let faults: FaultBoard
    let effects: EffectLedger
    let recorder: RequestRecorder

    private static let bodyLimit = 64 << 20

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let path = request.uri.path
        let bytes = Array(body.readableBytesView)
        if let rest = path.rest(below: "/dsco/api/v3") {
            return try await partner(call(.dsco, rest, request, bytes), context) { await dsco.reply(to: $0) }
        }
        if let rest = path.rest(below: "/lingxing") {
            return try await partner(call(.lingxing, rest, request, bytes), context) { await lingXing.reply(to: $0) }
        }
        if let rest = path.rest(below: "/sandbox") {
            return response(await control.reply(to: call(.dsco, rest, request, bytes)))
        }
        return response(Reply(404, ["error": "nothing here; try /sandbox/env"]))
    }

    private func call(_ partner: Partner, _ path: String, _ request: Request, _ body: [UInt8]) -> Call {
        Call(
            partner: partner, method: request.method.rawValue, path: path, query: Forms.urlEncoded(request.uri.query ?? ""),
            headers: request.headers, body: body)
    }

    /// Lets the faults that strike before and after the work have their way.
    private func partner(_ call: Call, _ context: ConnectionContext, work: (Call) async -> Reply) async throws -> Response {
        effects.called(call.partner, call.path, bytes: call.body.count)
        if faults.draw(.cutBefore, call.partner, call.path) != nil { throw await cut(call, context) }
        if let fault = faults.draw(.tooMany, call.partner, call.path) {
            var reply = Reply(429, ["message": "Too Many Requests"])
            reply.retryAfter = fault.retryAfter
            return response(reply)
        }
        if faults.draw(.serverError, call.partner, call.path) != nil {
            return response(Reply(503, text: "<html><body>503 Service Unavailable</body></html>", contentType: "text/html"))
        }
        var call = call
        if let fault = faults.draw(.slow, call.partner, call.path) { call.delay = fault.seconds }
        recorder.record(call)
        let reply = await work(call)
        effects.answered(bytes: reply.body.count)
        if faults.draw(.cutAfter, call.partner, call.path) != nil { throw await cut(call, context) }
        if faults.draw(.serverErrorAfter, call.partner, call.path) != nil {
            return response(Reply(502, text: "<html><body>502 Bad Gateway</body></html>", contentType: "text/html"))
        }
        if faults.draw(.garbage, call.partner, call.path) != nil {
            return response(Reply(reply.status, text: "{\"status\":\"succ", contentType: "application/json"))
        }
        return response(reply)
    }

    private func cut(_ call: Call, _ context: ConnectionContext) async -> ConnectionCut {
        if call.partner == .lingxing { lingXing.abort(call.path) }
        return await context.cut()
    }

    private func response(_ reply: Reply) -> Response {
        var headers: HTTPFields = [.contentType: reply.contentType]
        if let seconds = reply.retryAfter { headers[.retryAfter] = String(seconds) }
        return Response(
            status: HTTPResponse.Status(code: reply.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}

extension String {
    /// What follows `prefix`, beginning with a slash; nil for a path that does not lie below it.
    fileprivate func rest(below prefix: String) -> String? {
        guard hasPrefix(prefix) else { return nil }
        let rest = dropFirst(prefix.count)
        return rest.isEmpty || rest.first == "/" ? String(rest) : nil
    }
}
