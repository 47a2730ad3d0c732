import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How far a request got before async-http-client gave up on it.
enum TransportFailure: Equatable {
    /// No connection was established, so not a byte of the request left.
    case notConnected
    case timedOut
    case connectionLost
    case answerTooLarge
    case cancelled
    /// The request itself is impossible (scheme, host, header).
    case invalidRequest

    init(_ error: any Error, isCancelled: Bool) {
        switch error {
        case is NIOConnectionError, is SocketAddressError:
            self = .notConnected
        case ChannelError.connectTimeout:
            self = .notConnected
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            // The one errno that only connecting can give; all others may also end a connection that carried the request.
            self = .notConnected
        case is NIOTooManyBytesError:
            self = .answerTooLarge
        case is CancellationError:
            self = .cancelled
        case let error as HTTPClientError:
            self = Self.client(error, isCancelled: isCancelled)
        default:
            self = .connectionLost
        }
    }

    private static func client(_ error: HTTPClientError, isCancelled: Bool) -> TransportFailure {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .socksHandshakeTimeout,
            .httpProxyHandshakeTimeout,
            .invalidProxyResponse, .proxyAuthenticationRequired, .alreadyShutdown:
            .notConnected
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            .timedOut
        case .cancelled, .requestStreamCancelled:
            isCancelled ? .cancelled : .connectionLost
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath, .bodyLengthMismatch:
            .invalidRequest
        default:
            .connectionLost
        }
    }

    func error(_ partner: Partner, _ request: PartnerRequest) -> PartnerError {
        let code: String
        var kind: PartnerError.Kind = request.isRead ? .unavailable : .unknownOutcome
        switch self {
        case .notConnected:
            code = PartnerError.Code.notConnected
            if !request.isRead { kind = .notExecuted }
        case .timedOut:
            code = PartnerError.Code.timedOut
        case .connectionLost:
            code = PartnerError.Code.connectionLost
        case .answerTooLarge:
            code = PartnerError.Code.answerTooLarge
            if request.isRead { kind = .malformedAnswer }
        case .cancelled:
            code = PartnerError.Code.cancelled
        case .invalidRequest:
            code = "invalid_request"
            kind = .bug
        }
        return PartnerError(partner, kind, call: request.call, code: code)
    }
}
