import Logging
import Testing

@testable import Observability

@Suite("A text log line")
struct TextLogTests {
    @Test("stands in columns, with quotes only where they are needed")
    func columns() {
        let recorder = LogRecorder()
        let logger = recorder.logger(format: .text)
        logger.info("run ended", metadata: ["orders": "3", "words": "two words", "empty": "", "pairs": "a=b"])
        logger.critical("out of\nluck", metadata: ["trace": "one\ntwo"])
        #expect(
            recorder.lines == [
                "2025-11-21T11:39:00.125Z INFO     push             run ended empty=\"\" orders=3 pairs=\"a=b\" words=\"two words\"\n",
                "2025-11-21T11:39:00.125Z CRITICAL push             out of\\nluck trace=one\\ntwo\n",
            ])
    }

    @Test("has colour on a terminal only", arguments: [true, false])
    func colour(isTerminal: Bool) {
        let recorder = LogRecorder()
        recorder.logger(format: .text, isTerminal: isTerminal).error("broken", metadata: ["po": "PO-1"])
        #expect(recorder.lines.first?.contains("\u{1B}[31mERROR   \u{1B}[0m") == isTerminal)
        #expect(recorder.lines.first?.contains("\u{1B}") == isTerminal)
    }

    @Test("lets no value speak to the terminal", arguments: ["\u{1B}[2J", "\u{9B}2J", "\u{7}\u{8}"])
    func controlCharacters(text: String) {
        let recorder = LogRecorder()
        recorder.logger(format: .text).error("\(text)", metadata: ["key\(text)": "\(text)"])
        #expect(recorder.lines.first?.unicodeScalars.filter { $0.properties.generalCategory == .control } == ["\n"])
    }

    @Test("is the standard on a terminal, JSON elsewhere", arguments: [(true, LogFormat.text), (false, .json)])
    func standard(isTerminal: Bool, format: LogFormat) {
        #expect(LogFormat.standard(for: LogRecorder().output(isTerminal: isTerminal)) == format)
    }
}
