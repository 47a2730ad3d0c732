import Domain
import FoundationEssentials
import JSON
import Pipeline
import StageRunner
import Store

extension DeadLetter {
    /// What asked for the run: of a tick its trigger and who it was.
    var trigger: String? {
        tick.map { tick in tick.trigger.rawValue + (tick.requestedBy.map { " by \($0.harmless(40))" } ?? "") }
    }

    /// What to do about it.
    var advice: String {
        let stage = stage.rawValue
        let drop = "conveyor dead drop \(stage) \(id)"
        let retry = "conveyor dead retry \(stage) \(id)"
        if fault != nil {
            return """
                Send it again, put right (`conveyor tick` and `conveyor replay` write good ones), then `\(drop)`. \
                Retried as it is, it dies again.
                """
        }
        return switch reason {
        case .deliveryLimit:
            "See in \(stage)-worker's log what ended the worker, put it right, then `\(retry)`. What was due anyway has its own ticks."
        case .malformed:
            "It can be read now, by this release: `\(retry)`."
        case .byBroker, .unknown:
            "If its work is still wanted, `\(retry)`, else `\(drop)`."
        }
    }

    /// As the list shows it.
    var json: JSON { .object(JSONObject(members + [("begins", .string(beginning(60)))])) }

    /// The letter with its message.
    var detail: JSON {
        let text = String(validating: body, as: UTF8.self)
        let message: [(String, JSON)] =
            text.map { [("body", .string($0))] } ?? [("body_base64", .string(Data(body).base64EncodedString()))]
        return .object(JSONObject(members + [("to_do", .string(advice))] + message))
    }

    private var members: [(String, JSON)] {
        [
            ("id", .string(id)), ("stage", .string(stage.rawValue)), ("at", at.map { .string($0.tickText) } ?? .null),
            ("reason", ["code": .string(reason.code), "text": .string(reason.sentence)]),
            ("tick", tick.map { .string($0.id) } ?? .null), ("trigger", tick.map { .string($0.trigger.rawValue) } ?? .null),
            ("bytes", .number(JSONNumber(body.count))),
        ]
    }

    /// The first characters of the message, on one line.
    func beginning(_ limit: Int) -> String {
        String(decoding: limit == .max ? body[...] : body.prefix(limit * 4), as: UTF8.self).harmless(limit)
    }
}

extension String {
    /// The first characters, on one line, with nothing in them that a terminal would obey.
    func harmless(_ limit: Int = .max) -> String {
        var shown = ""
        for (count, scalar) in unicodeScalars.enumerated() {
            guard count < limit else { return shown + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator:
                shown += scalar == "\n" || scalar == "\t" ? " " : scalar.escaped(asASCII: true)
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}

extension DeadLetter.Reason {
    /// For a table.
    var shown: String {
        if case .malformed(let words) = self { return "malformed: \(words.harmless(100))" }
        return code.harmless(40)
    }

    /// For a person who has never met one.
    var sentence: String {
        switch self {
        case .malformed(let words): "It is no tick that the stage understands: \(words.harmless(500))."
        case .deliveryLimit:
            "It was handed to workers \(Topology.deliveryLimit + 1) times, and each was gone before it had settled it."
        case .byBroker("rejected"): "A consumer refused it."
        case .byBroker("expired"): "It lay in the queue longer than it may."
        case .byBroker("maxlen"): "The queue was full."
        case .byBroker(let word): "The broker moved it here: \(word.harmless(40))."
        case .unknown: "Nothing says why: somebody may have put it here by hand."
        }
    }
}
