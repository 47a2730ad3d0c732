package import Domain
package import FoundationEssentials
import JSON

/// Why a message is no tick. `description` goes into the dead letter's `x-reason` and holds nothing of the message but field names.
package struct MalformedTick: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let problem: String

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

extension Tick {
    /// The version of the message format.
    package static let version = 1

    /// Reads a message strictly in what it understands and ignores fields it does not know.
    package init(parsing body: [UInt8]) throws(MalformedTick) {
        let json: JSON
        do { json = try JSON.parse(body) } catch { throw MalformedTick(path: "", problem: "is not JSON: \(error)") }
        guard json.object != nil else { throw MalformedTick(path: "", problem: "is not a JSON object") }

        guard json["v"]?.int == Self.version else { throw MalformedTick(path: "v", problem: "must be \(Self.version)") }
        guard let id = json["id"]?.string, (1...100).contains(id.utf8.count), id.isUsableName else {
            throw MalformedTick(path: "id", problem: "must be a text of 1 to 100 bytes, without control characters")
        }
        guard let stage = json["stage"]?.string.flatMap(Stage.init) else {
            throw MalformedTick(
                path: "stage", problem: "must be one of \(Stage.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let trigger = json["trigger"]?.string.flatMap(Trigger.init) else {
            throw MalformedTick(
                path: "trigger", problem: "must be one of \(Trigger.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(id: id, stage: stage, trigger: trigger)
        shard = try Self.shard(json["shard"], stage: stage)
        orders = try Self.orders(json["orders"])
        window = try Self.window(json["window"], stage: stage)
        requestedBy = try Self.text(json["requested_by"], "requested_by")
        issuedAt = try Self.date(json["issued_at"], "issued_at")
        expiresAt = try Self.date(json["expires_at"], "expires_at")
    }

    /// Reads a message out of a stage's queue.
    package init(parsing body: [UInt8], of stage: Stage) throws(MalformedTick) {
        try self.init(parsing: body)
        guard self.stage == stage else {
            throw MalformedTick(path: "stage", problem: "is \(self.stage.rawValue), but this is the queue of \(stage.rawValue)")
        }
    }

    /// The message's body.
    package var body: [UInt8] {
        var members: [(String, JSON)] = [
            ("v", .number(JSONNumber(Self.version))), ("id", .string(id)), ("stage", .string(stage.rawValue)),
            ("trigger", .string(trigger.rawValue)),
            ("shard", ["index": .number(JSONNumber(shard.index)), "of": .number(JSONNumber(shard.of))]),
        ]
        if !orders.isEmpty { members.append(("orders", .array(orders.map(JSON.string)))) }
        if let window {
            members.append(("window", ["since": .string(window.since.tickText), "until": .string(window.until.tickText)]))
        }
        if let requestedBy { members.append(("requested_by", .string(requestedBy))) }
        if let issuedAt { members.append(("issued_at", .string(issuedAt.tickText))) }
        if let expiresAt { members.append(("expires_at", .string(expiresAt.tickText))) }
        return JSON.object(JSONObject(members)).bytes(.compact)
    }

    private static func shard(_ json: JSON?, stage: Stage) throws(MalformedTick) -> Shard {
        guard let json, !json.isNull else { return .whole }
        guard let index = json["index"]?.int, let of = json["of"]?.int, let shard = Shard(index: index, of: of) else {
            throw MalformedTick(path: "shard", problem: "must be {\"index\": i, \"of\": n} with 0 ≤ i < n ≤ \(Partition.count)")
        }
        guard stage.isSharded || shard == .whole else {
            throw MalformedTick(path: "shard", problem: "\(stage.rawValue) runs whole: only 0 of 1")
        }
        return shard
    }

    private static func orders(_ json: JSON?) throws(MalformedTick) -> [String] {
        guard let json, !json.isNull else { return [] }
        guard let array = json.array else { throw MalformedTick(path: "orders", problem: "must be an array of order numbers") }
        guard array.count <= maximumOrders else {
            throw MalformedTick(path: "orders", problem: "holds \(array.count) orders, at most \(maximumOrders) are allowed")
        }
        var orders: [String] = []
        for (index, element) in array.enumerated() {
            guard let text = element.string, !text.isEmpty, text.isUsableName else {
                throw MalformedTick(path: "orders[\(index)]", problem: "must be a poNumber or a dscoOrderId as text")
            }
            orders.append(text)
        }
        return orders
    }

    private static func window(_ json: JSON?, stage: Stage) throws(MalformedTick) -> Window? {
        guard let json, !json.isNull else { return nil }
        guard stage == .pull else { throw MalformedTick(path: "window", problem: "is for pull alone") }
        guard let since = try date(json["since"], "window.since"), let until = try date(json["until"], "window.until") else {
            throw MalformedTick(path: "window", problem: "must have since and until")
        }
        guard since < until else { throw MalformedTick(path: "window", problem: "since must be before until") }
        return Window(since: since, until: until)
    }

    private static func text(_ json: JSON?, _ path: String) throws(MalformedTick) -> String? {
        guard let json, !json.isNull else { return nil }
        guard let text = json.string, text.isUsableName else {
            throw MalformedTick(
                path: path, problem: "must be a text of at most \(String.longestName) bytes, without control characters")
        }
        return text
    }

    private static func date(_ json: JSON?, _ path: String) throws(MalformedTick) -> Date? {
        guard let text = try text(json, path) else { return nil }
        guard let date = Date(tickText: text), date.isPlausible else {
            throw MalformedTick(path: path, problem: "must be a time such as 2026-01-31T12:00:00Z")
        }
        return date
    }
}

extension Date {
    /// ISO 8601 in UTC with milliseconds, rounded: the style cuts off, and a time that is not exact in binary would lose a millisecond
    /// each time a message is published again.
    package var tickText: String {
        let milliseconds = (timeIntervalSince1970 * 1000).rounded()
        return Date(timeIntervalSince1970: (milliseconds + 0.25) / 1000).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads ISO 8601 with or without fractional seconds.
    package init?(tickText text: String) {
        if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) {
            self = date
        } else if let date = try? Date(text, strategy: Date.ISO8601FormatStyle()) {
            self = date
        } else {
            return nil
        }
    }
}
