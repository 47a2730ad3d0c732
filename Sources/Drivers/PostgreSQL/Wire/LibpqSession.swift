import CPostgres
import Dispatch

/// Owns a `PGconn` and finishes it when it is let go.
///
/// Not Sendable: libpq forbids two threads on one PGconn, so a session stays inside the connection actor that opened it.
/// libpq never raises SIGPIPE on Linux: it writes with `MSG_NOSIGNAL`.
final class LibpqSession {
    let pointer: OpaquePointer
    /// Why the server ended the session, when it said so while nothing was under way: libpq takes that for a notice.
    fileprivate(set) var farewell: PostgresError?

    /// Starts to connect; nil only if there is no memory. libpq blocks while it looks up the server's name, so this happens on a thread that
    /// is nobody else's. (Names of further servers in the URL are looked up where the session lives, when the first does not answer.)
    static func start(_ keywords: [String: String]) async -> sending LibpqSession? {
        await withCheckedContinuation { started in
            DispatchQueue.global().async { started.resume(returning: LibpqSession(keywords: keywords)) }
        }
    }

    private init?(keywords: [String: String]) {
        let names = CStringArray(keywords.map(\.key))
        let values = CStringArray(keywords.map(\.value))
        guard let pointer = names.withPointers({ names in values.withPointers { PQconnectStartParams(names, $0, 0) } }) else {
            return nil
        }
        self.pointer = pointer
        // A refusal to connect reaches us as words alone; the verbose ones carry the SQLSTATE.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(pointer, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { PQfinish(pointer) }

    var words: String { String(cString: PQerrorMessage(pointer)).oneLine }
    /// Nothing is under way and no transaction is open.
    var isIdle: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }
}

/// The context is the session itself, which outlives its PGconn.
private func receiveNotice(context: UnsafeMutableRawPointer?, result: OpaquePointer?) {
    guard let context, let result, PostgresError.isFatal(result) else { return }
    let session = Unmanaged<LibpqSession>.fromOpaque(context).takeUnretainedValue()
    session.farewell = PostgresError(result: result, query: nil)
}

/// C strings in one allocation, ended by a null pointer as `PQconnectStartParams` wants them.
private struct CStringArray {
    private var bytes: [CChar] = []
    private var starts: [Int] = []

    init(_ strings: [String]) {
        for string in strings {
            starts.append(bytes.count)
            bytes += string.utf8CString
        }
    }

    func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            let pointers: [UnsafePointer<CChar>?] = starts.map { start in buffer.baseAddress.map { $0 + start } } + [nil]
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}

extension String {
    /// libpq ends its messages with a line break and folds hints below them.
    var oneLine: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
