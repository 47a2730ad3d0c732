import Foundation
import Logging
import Testing

@testable import Observability

@Suite("A JSON log line")
struct JSONLogTests {
    struct Refused: Error, CustomStringConvertible {
        var description: String { "DSCO refused the order, see ann@example.com" }
    }

    @Test("carries time, level, label, message, error and the metadata by name")
    func wholeLine() {
        let recorder = LogRecorder()
        var logger = recorder.logger(format: .json)
        logger[metadataKey: "stage"] = "push"
        logger.warning(
            "order refused", error: Refused(),
            metadata: ["po": "PO-1", "attempt": "\(2)", "orders": .stringConvertible(3), "late": .stringConvertible(true)])
        #expect(
            recorder.lines == [
                #"{"ts":"2025-11-21T11:39:00.125Z","level":"warning","label":"push","message":"order refused","#
                    + #""error":"DSCO refused the order, see ***","error_type":"ObservabilityTests.JSONLogTests.Refused","#
                    + #""attempt":"2","late":true,"orders":3,"po":"PO-1","stage":"push"}"# + "\n"
            ])
    }

    @Test(
        "reads back as what was logged, whatever the text",
        arguments: [
            "plain", "", "quote \" and \\ backslash", "two\nlines\r\nand\ttabs",
            "bell \u{7} escape \u{1B}[31m delete \u{7F} c1 \u{9B}",
            "领星 ERP 🚚", "separators \u{2028}\u{2029}", "null \u{0} byte",
        ])
    func escaping(text: String) throws {
        let recorder = LogRecorder()
        recorder.logger(format: .json).info("\(text)", metadata: ["value": "\(text)", "key \(text)": "x"])
        let object = try recorder.object()
        #expect(object["message"] as? String == text)
        #expect(object["value"] as? String == text)
        #expect(object["key \(text)"] as? String == "x")
        let line = try #require(recorder.lines.first)
        #expect(line.unicodeScalars.filter { $0.properties.generalCategory == .control } == ["\n"])
        #expect(line.hasSuffix("}\n"))
    }

    @Test("flattens nested metadata and keeps lists")
    func nesting() throws {
        let recorder = LogRecorder()
        recorder.logger(format: .json).info(
            "nested",
            metadata: [
                "order": ["po": "PO-1", "lines": ["a", "b"]],
                "rows": [["n": "1"], ["n": "2", "token": "t"]],
            ])
        let object = try recorder.object()
        #expect(object["order.po"] as? String == "PO-1")
        #expect(object["order.lines"] as? [String] == ["a", "b"])
        #expect(object["rows"] as? [String] == ["n=1", "n=2 token=***"])
    }

    @Test("keeps its own keys when metadata has the same name", arguments: ["ts", "level", "label", "message", "error"])
    func collision(key: String) throws {
        let recorder = LogRecorder()
        recorder.logger(format: .json).info("hello", error: Refused(), metadata: [key: "mine"])
        let object = try recorder.object()
        #expect(object["metadata.\(key)"] as? String == "mine")
        #expect(object["message"] as? String == "hello")
    }

    @Test("takes the value nearest to the call")
    func precedence() throws {
        let recorder = LogRecorder()
        var handler = LineLogHandler(label: "x", format: .json, output: recorder.output())
        handler.metadataProvider = Logger.MetadataProvider { ["a": "provider", "b": "provider"] }
        var logger = Logger(label: "x") { [handler] _ in handler }
        logger[metadataKey: "a"] = "handler"
        logger[metadataKey: "c"] = "handler"
        logger.info("hello", metadata: ["b": "event"])
        let object = try recorder.object()
        #expect(object["a"] as? String == "provider")
        #expect(object["b"] as? String == "event")
        #expect(object["c"] as? String == "handler")
    }

    @Test("is written only from the logger's level up")
    func level() {
        let recorder = LogRecorder()
        var logger = recorder.logger(format: .json)
        logger.logLevel = .warning
        logger.info("unheard")
        logger.warning("heard")
        #expect(recorder.lines.count == 1)
    }
}
