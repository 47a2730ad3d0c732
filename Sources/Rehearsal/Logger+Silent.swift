package import Logging

extension Logger {
    package static var silent: Logger { Logger(label: "rehearsal") { _ in SwiftLogNoOpLogHandler() } }
}
